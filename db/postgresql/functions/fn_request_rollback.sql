-- Queues a deployment of an older release. Contract: db/README.md.
CREATE FUNCTION fn_request_rollback(
    p_fraise text DEFAULT NULL,
    p_environment text DEFAULT NULL,
    p_to_version text DEFAULT NULL,
    p_trigger_type text DEFAULT 'api',
    p_actor text DEFAULT NULL,
    p_force boolean DEFAULT FALSE,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_trigger_type text := COALESCE(p_trigger_type, 'api');
    l_environment tb_environment;
    l_current tb_release;
    l_health text;
    l_target tb_release;
    l_refusal mutation_response;
    l_queued record;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_request_rollback') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_environment := fx_lock_environment(p_fraise, p_environment);
    IF l_environment.pk_environment IS NULL THEN
        RETURN fx_refuse_target(p_command_id, p_fraise, p_environment);
    END IF;
    IF l_trigger_type NOT IN ('webhook', 'manual', 'api', 'scheduled') THEN
        RETURN fx_refuse_argument(p_command_id, 'trigger_type');
    END IF;
    SELECT r.* INTO l_current
    FROM tb_fraise_state s
    JOIN tb_release r ON r.pk_release = s.fk_current_release
    WHERE s.fk_environment = l_environment.pk_environment;
    SELECT status INTO l_health
    FROM tb_fraise_state
    WHERE fk_environment = l_environment.pk_environment;
    IF p_to_version IS NULL THEN
        SELECT * INTO l_target
        FROM tb_release
        WHERE fk_environment = l_environment.pk_environment
          AND deployed_at IS NOT NULL
          AND pk_release < l_current.pk_release
          AND git_commit <> l_current.git_commit
        ORDER BY pk_release DESC
        LIMIT 1;
    ELSE
        SELECT * INTO l_target
        FROM tb_release
        WHERE fk_environment = l_environment.pk_environment
          AND deployed_at IS NOT NULL
          AND (
            version = p_to_version
            OR (length(p_to_version) >= 7 AND starts_with(git_commit, p_to_version))
          )
        ORDER BY pk_release DESC
        LIMIT 1;
    END IF;
    IF l_target.pk_release IS NULL AND p_to_version IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'no-earlier-release',
            format('%s/%s has no earlier release.', p_fraise, p_environment)
        );
    END IF;
    IF l_target.pk_release IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-version',
            format(
                'No release of %s/%s has the version or commit "%s".',
                p_fraise, p_environment, p_to_version
            )
        );
    END IF;
    IF l_target.pk_release = l_current.pk_release AND NOT COALESCE(p_force, FALSE) THEN
        RETURN fx_refuse(
            p_command_id,
            'already-current',
            CASE WHEN l_health IN ('down', 'unknown')
                THEN format(
                    '%s/%s is %s, and "%s" is its release already: force brings it back.',
                    p_fraise, p_environment, l_health, p_to_version
                )
                ELSE format('%s/%s already serves "%s".', p_fraise, p_environment, p_to_version)
            END
        );
    END IF;
    l_refusal := fx_refuse_irreversible(p_command_id, p_fraise, p_environment, l_target, p_force);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    l_refusal := fx_refuse_full(p_command_id, l_environment);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    l_queued := fx_queue_deployment(
        p_command_id, l_environment, l_trigger_type, COALESCE(p_force, FALSE), NULL, l_target.git_commit, p_actor,
        NULL, l_target
    );
    RETURN fx_answer(
        p_command_id,
        'requested',
        format(
            'A rollback of %s/%s to %s is requested.', p_fraise, p_environment, l_target.version
        ),
        TRUE,
        'Deployment',
        l_queued.deployment_id,
        (SELECT data FROM v_deployment WHERE id = l_queued.deployment_id),
        p_cascade => l_queued.cascade
    );
END
$$;

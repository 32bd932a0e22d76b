-- Queues a deployment of an environment that the caller has locked, in the place of the
-- ones that still wait there. p_release is set for a rollback.
CREATE FUNCTION fx_queue_deployment(
    p_command_id text,
    p_environment tb_environment,
    p_trigger_type text,
    p_force boolean,
    p_git_branch text,
    p_git_commit text,
    p_actor text,
    p_webhook_id text,
    p_release tb_release,
    OUT deployment_id uuid,
    OUT cascade jsonb
)
LANGUAGE plpgsql AS $$
BEGIN
    deployment_id := gen_random_uuid();
    WITH older AS (
        UPDATE tb_deployment SET
            status = 'superseded',
            superseded_by = deployment_id,
            completed_at = clock_timestamp(),
            error_code = 'superseded'
        WHERE fk_environment = p_environment.pk_environment
          AND status = 'pending'
        RETURNING id, pk_deployment, fk_request, fraise, environment
    ),
    older_request AS (
        UPDATE tb_deployment_request SET status = 'superseded'
        WHERE pk_deployment_request IN (SELECT fk_request FROM older)
    ),
    request AS (
        INSERT INTO tb_deployment_request (
            fk_environment, fk_webhook_event, fraise, environment, requested_by, trigger_type,
            force, git_branch, git_commit, target_provider, target_config, command_id
        )
        SELECT
            p_environment.pk_environment,
            (SELECT pk_webhook_event FROM tb_webhook_event WHERE id = fx_uuid(p_webhook_id)),
            f.name, p_environment.name, p_actor, p_trigger_type, p_force, p_git_branch,
            p_git_commit, p_environment.target_provider, p_environment.target_config, p_command_id
        FROM tb_fraise f
        WHERE f.pk_fraise = p_environment.fk_fraise
        RETURNING pk_deployment_request, fraise
    ),
    newer AS (
        INSERT INTO tb_deployment (
            id, fk_request, fk_environment, fk_release, fraise, environment, kind, new_version,
            target_provider, git_branch, git_commit
        )
        SELECT
            deployment_id, pk_deployment_request, p_environment.pk_environment,
            p_release.pk_release, fraise, p_environment.name,
            CASE WHEN p_release.pk_release IS NULL THEN 'deploy' ELSE 'rollback' END,
            p_release.version, p_environment.target_provider, p_git_branch, p_git_commit
        FROM request
        RETURNING pk_deployment, kind, fraise
    ),
    event AS (
        INSERT INTO tb_event (
            event_type, entity_type, entity_id, fraise, environment, payload, command_id
        )
        SELECT event_type, 'Deployment', id, fraise, p_environment.name, payload, p_command_id
        FROM (
            SELECT
                pk_deployment, 'deployment.superseded' AS event_type, id, fraise,
                jsonb_build_object('superseded_by', deployment_id) AS payload
            FROM older
            UNION ALL
            SELECT
                pk_deployment, 'deployment.requested', deployment_id, fraise,
                jsonb_build_object(
                    'kind', kind,
                    'trigger_type', p_trigger_type,
                    'git_branch', p_git_branch,
                    'git_commit', p_git_commit,
                    'actor', p_actor
                )
            FROM newer
        ) told
        ORDER BY pk_deployment
        RETURNING pk_event
    )
    SELECT
        (
            SELECT jsonb_build_object(
                'updated',
                jsonb_agg(
                    jsonb_build_object('type', 'Deployment', 'id', id) ORDER BY pk_deployment
                )
            )
            FROM older
            HAVING count(*) > 0
        )
    INTO cascade
    FROM event
    CROSS JOIN LATERAL pg_notify('fraisier_event', pk_event::text);
    PERFORM pg_notify('deployment_requested', deployment_id::text);
END
$$;

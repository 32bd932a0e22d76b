-- Queues a deployment. Contract: db/README.md.
CREATE FUNCTION fn_request_deployment(
    p_fraise text DEFAULT NULL,
    p_environment text DEFAULT NULL,
    p_dry_run boolean DEFAULT FALSE,
    p_force boolean DEFAULT FALSE,
    p_trigger_type text DEFAULT 'api',
    p_git_branch text DEFAULT NULL,
    p_git_commit text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_webhook_id text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_trigger_type text := COALESCE(p_trigger_type, 'api');
    l_force boolean := COALESCE(p_force, FALSE);
    l_environment tb_environment;
    l_refusal mutation_response;
    l_queued record;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_request_deployment') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_environment := fx_lock_environment(p_fraise, p_environment);
    IF l_environment.pk_environment IS NULL THEN
        RETURN fx_refuse_target(p_command_id, p_fraise, p_environment);
    END IF;
    IF l_trigger_type NOT IN ('webhook', 'manual', 'api', 'scheduled') THEN
        RETURN fx_refuse_argument(p_command_id, 'trigger_type');
    END IF;
    IF p_git_commit !~ '^[0-9a-fA-F]{4,64}$' THEN
        RETURN fx_refuse_argument(p_command_id, 'git_commit');
    END IF;
    IF NOT l_force AND fx_is_held(l_environment, l_trigger_type, p_git_commit) THEN
        RETURN fx_refuse(
            p_command_id,
            'deployment-held',
            format('A rollback left commit %s of %s/%s.', p_git_commit, p_fraise, p_environment)
        );
    END IF;
    l_refusal := fx_refuse_full(p_command_id, l_environment);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF p_dry_run THEN
        RETURN fx_answer(
            p_command_id,
            'dry-run',
            format('Dry run: %s/%s would be deployed.', p_fraise, p_environment)
        );
    END IF;
    l_queued := fx_queue_deployment(
        p_command_id, l_environment, l_trigger_type, l_force, p_git_branch, p_git_commit, p_actor,
        (SELECT pk_webhook_event FROM tb_webhook_event WHERE id = fx_uuid(p_webhook_id)), NULL
    );
    RETURN fx_answer(
        p_command_id,
        'requested',
        format('A deployment of %s/%s is requested.', p_fraise, p_environment),
        TRUE,
        'Deployment',
        l_queued.deployment_id,
        (SELECT data FROM v_deployment WHERE id = l_queued.deployment_id),
        p_cascade => l_queued.cascade
    );
END
$$;

-- Queues a deployment of an environment, in the place of the ones that still wait there.
-- p_release is set for a rollback. Small statements: one of many parts is prepared anew for
-- every part at every call, and its plan is that of the tables when they were small.
CREATE FUNCTION fx_queue_deployment(
    p_command_id text,
    p_environment tb_environment,
    p_trigger_type text,
    p_force boolean,
    p_git_branch text,
    p_git_commit text,
    p_actor text,
    p_webhook integer,
    p_release tb_release,
    OUT deployment_id uuid,
    OUT cascade jsonb
)
LANGUAGE plpgsql AS $$
DECLARE
    l_fraise text;
    l_kind text := CASE WHEN p_release.pk_release IS NULL THEN 'deploy' ELSE 'rollback' END;
    l_older tb_deployment;
    l_request integer;
BEGIN
    deployment_id := gen_random_uuid();
    FOR l_older IN
        SELECT *
        FROM tb_deployment
        WHERE fk_environment = p_environment.pk_environment
          AND status = 'pending'
        ORDER BY pk_deployment
    LOOP
        PERFORM fx_supersede(p_command_id, l_older, deployment_id);
        cascade := jsonb_build_object(
            'updated',
            COALESCE(cascade -> 'updated', '[]')
                || jsonb_build_object('type', 'Deployment', 'id', l_older.id)
        );
    END LOOP;
    SELECT name INTO l_fraise FROM tb_fraise WHERE pk_fraise = p_environment.fk_fraise;
    INSERT INTO tb_deployment_request (
        fk_environment, fk_webhook_event, fraise, environment, requested_by, trigger_type,
        force, git_branch, git_commit, target_provider, target_config, command_id
    )
    VALUES (
        p_environment.pk_environment, p_webhook, l_fraise, p_environment.name, p_actor,
        p_trigger_type, p_force, p_git_branch, p_git_commit, p_environment.target_provider,
        p_environment.target_config, p_command_id
    )
    RETURNING pk_deployment_request INTO l_request;
    INSERT INTO tb_deployment (
        id, fk_request, fk_environment, fk_release, fraise, environment, kind, new_version,
        target_provider, git_branch, git_commit
    )
    VALUES (
        deployment_id, l_request, p_environment.pk_environment, p_release.pk_release, l_fraise,
        p_environment.name, l_kind, p_release.version, p_environment.target_provider, p_git_branch,
        p_git_commit
    );
    PERFORM fx_write_event(
        'deployment.requested', 'Deployment', deployment_id, l_fraise, p_environment.name,
        jsonb_build_object(
            'kind', l_kind,
            'trigger_type', p_trigger_type,
            'git_branch', p_git_branch,
            'git_commit', p_git_commit,
            'actor', p_actor
        ),
        p_command_id
    );
    PERFORM pg_notify('deployment_requested', deployment_id::text);
END
$$;

-- Queues a deployment of an environment in the place of the ones that still wait
-- there, and makes it the entity of the command. fk_release is set for a rollback.
CREATE VIEW fx_queue_deployment (
    command_id, fk_environment, trigger_type, force, git_branch, git_commit, actor, webhook_id, fk_release, new_version
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_queue_deployment_call INSTEAD OF INSERT ON fx_queue_deployment
BEGIN
    UPDATE tb_command
    SET cascade = (
        SELECT CASE
            WHEN COUNT(*) > 0
                THEN json_object('updated', json_group_array(json_object('type', 'Deployment', 'id', id)))
        END
        FROM tb_deployment
        WHERE fk_environment = NEW.fk_environment
            AND status = 'pending'
    )
    WHERE command_id = NEW.command_id;

    INSERT INTO tb_deployment_request (
        fk_environment, fk_webhook_event, fraise, environment, requested_by, trigger_type, force,
        git_branch, git_commit, target_provider, target_config, command_id
    )
    SELECT
        e.pk_environment,
        (SELECT pk_webhook_event FROM tb_webhook_event WHERE id = NEW.webhook_id),
        f.name,
        e.name,
        NEW.actor,
        NEW.trigger_type,
        NEW.force,
        NEW.git_branch,
        NEW.git_commit,
        e.target_provider,
        e.target_config,
        NEW.command_id
    FROM tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE e.pk_environment = NEW.fk_environment;

    INSERT INTO tb_deployment (
        fk_request, fk_environment, fk_release, fraise, environment, kind, new_version,
        target_provider, git_commit, git_branch
    )
    SELECT
        pk_deployment_request,
        fk_environment,
        NEW.fk_release,
        fraise,
        environment,
        CASE WHEN NEW.fk_release IS NULL THEN 'deploy' ELSE 'rollback' END,
        NEW.new_version,
        target_provider,
        git_commit,
        git_branch
    FROM tb_deployment_request
    WHERE command_id = NEW.command_id;

    UPDATE tb_command
    SET entity_id = (
        SELECT d.id
        FROM tb_deployment_request r
        JOIN tb_deployment d ON d.fk_request = r.pk_deployment_request
        WHERE r.command_id = NEW.command_id
    )
    WHERE command_id = NEW.command_id;

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.superseded',
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object('superseded_by', c.entity_id),
        NEW.command_id
    FROM tb_command c
    JOIN json_each(c.cascade, '$.updated') u
    JOIN tb_deployment d ON d.id = json_extract(u.value, '$.id')
    WHERE c.command_id = NEW.command_id;

    UPDATE tb_deployment_request
    SET status = 'superseded'
    WHERE pk_deployment_request IN (
        SELECT d.fk_request
        FROM tb_command c
        JOIN json_each(c.cascade, '$.updated') u
        JOIN tb_deployment d ON d.id = json_extract(u.value, '$.id')
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_deployment
    SET
        status = 'superseded',
        superseded_by = (SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id),
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        error_code = 'superseded'
    WHERE id IN (
        SELECT json_extract(u.value, '$.id')
        FROM tb_command c
        JOIN json_each(c.cascade, '$.updated') u
        WHERE c.command_id = NEW.command_id
    );

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.requested',
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object(
            'kind', d.kind,
            'trigger_type', NEW.trigger_type,
            'git_branch', d.git_branch,
            'git_commit', d.git_commit,
            'actor', NEW.actor
        ),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    WHERE c.command_id = NEW.command_id;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity = (SELECT data FROM v_deployment WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

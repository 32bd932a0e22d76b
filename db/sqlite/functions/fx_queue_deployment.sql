-- Queues a deployment of an environment in the place of the ones that still wait
-- there, and makes it the entity of the command. fk_release is set for a rollback.
CREATE VIEW fx_queue_deployment (
    command_id, fk_environment, trigger_type, force, git_branch, git_commit, actor, webhook_id, fk_release, new_version
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_queue_deployment_call INSTEAD OF INSERT ON fx_queue_deployment
BEGIN
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
    WHERE pk_deployment_request = (SELECT MAX(pk_deployment_request) FROM tb_deployment_request);

    -- The newest row is the one made above: nobody else writes in this transaction.
    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity_id = v.id,
        entity = v.data,
        cascade = (
            SELECT CASE
                WHEN COUNT(*) > 0
                    THEN json_object('updated', json_group_array(json_object('type', 'Deployment', 'id', o.id)))
            END
            FROM tb_deployment o
            WHERE o.fk_environment = NEW.fk_environment
                AND o.status = 'pending'
                AND o.pk_deployment < v.pk_deployment
        )
    FROM v_deployment v
    WHERE v.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment)
        AND tb_command.command_id = NEW.command_id;

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.superseded',
        'Deployment',
        o.id,
        o.fraise,
        o.environment,
        json_object('superseded_by', d.id),
        NEW.command_id
    FROM tb_deployment d
    JOIN tb_deployment o
        ON o.fk_environment = d.fk_environment
        AND o.status = 'pending'
        AND o.pk_deployment < d.pk_deployment
    WHERE d.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment)
    ORDER BY o.pk_deployment;

    UPDATE tb_deployment_request
    SET status = 'superseded'
    WHERE pk_deployment_request IN (
        SELECT o.fk_request
        FROM tb_deployment o
        WHERE o.fk_environment = NEW.fk_environment
            AND o.status = 'pending'
            AND o.pk_deployment < (SELECT MAX(pk_deployment) FROM tb_deployment)
    );

    UPDATE tb_deployment
    SET
        status = 'superseded',
        superseded_by = (
            SELECT d.id
            FROM tb_deployment d
            WHERE d.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment)
        ),
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        error_code = 'superseded'
    WHERE fk_environment = NEW.fk_environment
        AND status = 'pending'
        AND pk_deployment < (SELECT MAX(pk_deployment) FROM tb_deployment);

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
    FROM tb_deployment d
    WHERE d.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment);
END;

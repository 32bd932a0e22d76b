-- Carries out what a function has decided about a deployment: 'requested:MESSAGE' queues it in the
-- place of the ones that still wait for its environment, as the answer to the command; everything
-- else is an answer alone (fx_decision). fk_release is set for a rollback.
CREATE VIEW fx_queue_deployment (
    command_id, function_name, decision, fk_environment, trigger_type, force, git_branch, git_commit, actor,
    webhook_id, fk_release, new_version
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_queue_deployment_call INSTEAD OF INSERT ON fx_queue_deployment
WHEN NEW.decision LIKE 'requested:%'
BEGIN
    INSERT INTO tb_deployment_request (
        id, fk_environment, fk_webhook_event, fraise, environment, requested_by, trigger_type, force,
        git_branch, git_commit, target_provider, target_config, command_id
    )
    SELECT
        i.id,
        e.pk_environment,
        (SELECT pk_webhook_event FROM tb_webhook_event WHERE id = NEW.webhook_id),
        f.name,
        e.name,
        NEW.actor,
        COALESCE(NEW.trigger_type, 'api'),
        COALESCE(NEW.force, FALSE),
        NEW.git_branch,
        NEW.git_commit,
        e.target_provider,
        e.target_config,
        NEW.command_id
    FROM fx_new_id i
    JOIN tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE e.pk_environment = NEW.fk_environment;

    -- Its id is by chance alone: its beginning names folders and containers on targets.
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
    INSERT INTO tb_command (
        command_id, function_name, status_detail, message, state_changed, entity_type, entity_id, entity,
        updated_fields, cascade, metadata
    )
    SELECT
        NEW.command_id,
        NEW.function_name,
        'requested',
        substr(NEW.decision, 11),
        TRUE,
        'Deployment',
        v.id,
        v.data,
        '[]',
        (
            SELECT CASE
                WHEN COUNT(*) > 0
                    THEN json_object('updated', json_group_array(json_object('type', 'Deployment', 'id', o.id)))
            END
            FROM tb_deployment o
            WHERE o.fk_environment = NEW.fk_environment
                AND o.status = 'pending'
                AND o.pk_deployment < v.pk_deployment
        ),
        '{}'
    FROM v_deployment v
    WHERE v.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment);

    -- Of all that wait for the environment, the newest is the one that is requested.
    INSERT INTO tb_event (id, event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        i.id,
        CASE o.pk_deployment WHEN d.pk_deployment THEN 'deployment.requested' ELSE 'deployment.superseded' END,
        'Deployment',
        o.id,
        o.fraise,
        o.environment,
        CASE o.pk_deployment
            WHEN d.pk_deployment
                THEN json_object(
                    'kind', d.kind,
                    'trigger_type', COALESCE(NEW.trigger_type, 'api'),
                    'git_branch', d.git_branch,
                    'git_commit', d.git_commit,
                    'actor', NEW.actor
                )
            ELSE json_object('superseded_by', d.id)
        END,
        NEW.command_id
    FROM fx_new_id i
    JOIN tb_deployment d
    JOIN tb_deployment o
        ON o.fk_environment = d.fk_environment
        AND o.status = 'pending'
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
END;

CREATE TRIGGER fx_queue_deployment_answer INSTEAD OF INSERT ON fx_queue_deployment
WHEN NEW.decision NOT LIKE 'requested:%'
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision)
    VALUES (NEW.command_id, NEW.function_name, NEW.decision);
END;

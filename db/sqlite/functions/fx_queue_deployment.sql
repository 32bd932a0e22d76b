-- Carries out what a function has decided about a deployment: 'requested:MESSAGE' queues it in the
-- place of the ones that still wait for its environment, as the answer to the command; everything
-- else is an answer alone (fx_decision). fk_release is set for a rollback. Without a function_name
-- nobody asks for the answer, and only a refusal is kept.
CREATE VIEW fx_queue_deployment (
    command_id, function_name, decision, fk_environment, fraise, environment, trigger_type,
    force, git_branch, git_commit, actor, fk_webhook_event, fk_release, new_version
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_queue_deployment_call INSTEAD OF INSERT ON fx_queue_deployment
WHEN NEW.decision LIKE 'requested:%'
BEGIN
    INSERT INTO tb_deployment_request (
        id, fk_environment, fk_webhook_event, fraise, environment, requested_by, trigger_type, force,
        git_branch, git_commit, target_provider, target_config, command_id
    )
    VALUES (
        (SELECT id FROM fx_new_id),
        NEW.fk_environment,
        NEW.fk_webhook_event,
        NEW.fraise,
        NEW.environment,
        NEW.actor,
        COALESCE(NEW.trigger_type, 'api'),
        COALESCE(NEW.force, FALSE),
        NEW.git_branch,
        NEW.git_commit,
        (SELECT target_provider FROM tb_environment WHERE pk_environment = NEW.fk_environment),
        (SELECT target_config FROM tb_environment WHERE pk_environment = NEW.fk_environment),
        NEW.command_id
    );

    -- Its id is by chance alone: its beginning names folders and containers on targets.
    INSERT INTO tb_deployment (
        fk_request, fk_environment, fk_release, fraise, environment, kind, new_version,
        target_provider, git_commit, git_branch
    )
    VALUES (
        last_insert_rowid(),
        NEW.fk_environment,
        NEW.fk_release,
        NEW.fraise,
        NEW.environment,
        CASE WHEN NEW.fk_release IS NULL THEN 'deploy' ELSE 'rollback' END,
        NEW.new_version,
        (SELECT target_provider FROM tb_environment WHERE pk_environment = NEW.fk_environment),
        NEW.git_commit,
        NEW.git_branch
    );

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
    WHERE NEW.function_name IS NOT NULL
        AND v.pk_deployment = (SELECT MAX(pk_deployment) FROM tb_deployment);

    INSERT INTO fx_supersede (command_id, fk_environment)
    VALUES (NEW.command_id, NEW.fk_environment);

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    VALUES (
        'deployment.requested',
        'Deployment',
        (SELECT id FROM tb_deployment ORDER BY pk_deployment DESC LIMIT 1),
        NEW.fraise,
        NEW.environment,
        json_object(
            'kind', CASE WHEN NEW.fk_release IS NULL THEN 'deploy' ELSE 'rollback' END,
            'trigger_type', COALESCE(NEW.trigger_type, 'api'),
            'git_branch', NEW.git_branch,
            'git_commit', NEW.git_commit,
            'actor', NEW.actor
        ),
        NEW.command_id
    );
END;

CREATE TRIGGER fx_queue_deployment_answer INSTEAD OF INSERT ON fx_queue_deployment
WHEN NEW.decision NOT LIKE 'requested:%'
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision)
    VALUES (NEW.command_id, COALESCE(NEW.function_name, 'fn_request_deployment'), NEW.decision);
END;

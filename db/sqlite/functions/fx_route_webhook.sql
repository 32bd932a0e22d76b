-- Requests what a new webhook deploys, says in its row why nothing was, logs it and answers the
-- command that brought it.
CREATE VIEW fx_route_webhook (command_id, function_name, fk_webhook_event, metadata) AS
SELECT NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_route_webhook_call INSTEAD OF INSERT ON fx_route_webhook
BEGIN
    -- Of several changes that reach an environment, the last one: a row's other columns are
    -- those of the greatest position. Nobody asks for the answers, so only refusals are kept.
    INSERT INTO fx_request_deployment (
        fk_environment, fraise, environment, trigger_type, git_branch, git_commit, actor, fk_webhook_event,
        command_id
    )
    SELECT
        pk_environment,
        fraise,
        environment,
        'webhook',
        branch,
        commit_sha,
        actor,
        NEW.fk_webhook_event,
        NEW.command_id || '/' || fraise || '/' || environment
    FROM (
        SELECT *, MAX(position)
        FROM fx_webhook_target
        WHERE pk_webhook_event = NEW.fk_webhook_event
            AND obstacle IS NULL
        GROUP BY pk_environment
        ORDER BY pk_environment
    );

    INSERT INTO fx_ignore_webhook (fk_webhook_event)
    VALUES (NEW.fk_webhook_event);

    INSERT INTO tb_event (event_type, entity_type, entity_id, payload, command_id)
    SELECT
        'webhook.received',
        'WebhookEvent',
        w.id,
        json_object(
            'provider', w.provider,
            'event_type', w.event_type,
            'branch', w.branch,
            'commit_sha', w.commit_sha,
            'ignored_reason', w.ignored_reason
        ),
        NEW.command_id
    FROM tb_webhook_event w
    WHERE w.pk_webhook_event = NEW.fk_webhook_event;

    INSERT INTO tb_command (
        command_id, function_name, status_detail, message, http_status, state_changed, entity_type, entity_id, entity,
        updated_fields, metadata
    )
    SELECT
        NEW.command_id,
        NEW.function_name,
        CASE WHEN v.ignored_reason IS NULL THEN 'accepted' ELSE 'ignored' END,
        CASE
            WHEN v.ignored_reason IS NULL
                THEN printf(
                    'Deployments requested: %d.',
                    (SELECT COUNT(*) FROM tb_deployment_request WHERE fk_webhook_event = v.pk_webhook_event)
                )
            ELSE printf('Nothing is deployed: %s.', v.ignored_reason)
        END,
        CASE WHEN v.ignored_reason IS NULL THEN 202 ELSE 200 END,
        TRUE,
        'WebhookEvent',
        v.id,
        v.data,
        '[]',
        NEW.metadata
    FROM v_recent_webhooks v
    WHERE v.pk_webhook_event = NEW.fk_webhook_event;
END;

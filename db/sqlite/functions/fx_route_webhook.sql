-- Requests what the new webhook of a command deploys, says in its row why nothing was, logs it
-- and answers the command.
CREATE VIEW fx_route_webhook (command_id, function_name, metadata) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_route_webhook_call INSTEAD OF INSERT ON fx_route_webhook
BEGIN
    -- Of several changes that reach an environment, the last one: a row's other columns are
    -- those of the greatest position.
    INSERT INTO fn_request_deployment (
        fraise, environment, trigger_type, git_branch, git_commit, actor, webhook_id, command_id
    )
    SELECT
        fraise,
        environment,
        'webhook',
        branch,
        commit_sha,
        actor,
        webhook_id,
        NEW.command_id || '/' || fraise || '/' || environment
    FROM (
        SELECT *, MAX(position)
        FROM fx_webhook_target
        WHERE command_id = NEW.command_id
            AND obstacle IS NULL
        GROUP BY pk_environment
    )
    ORDER BY pk_environment;

    -- Commands of the targets begin with this one's and a slash; "0" comes after "/".
    UPDATE tb_webhook_event
    SET ignored_reason = CASE
        WHEN event_type = 'ping'
            THEN 'ping'
        WHEN event_type = 'other'
            THEN 'event-not-handled'
        WHEN EXISTS (
            SELECT 1
            FROM tb_command
            WHERE command_id > NEW.command_id || '/'
                AND command_id < NEW.command_id || '0'
                AND status_detail = 'queue-full'
        )
            THEN 'queue-full'
        WHEN EXISTS (
            SELECT 1
            FROM fx_webhook_target
            WHERE command_id = NEW.command_id
                AND obstacle IS NULL
        )
            THEN 'held'
        ELSE COALESCE(
            (SELECT MAX(obstacle) FROM fx_webhook_target WHERE command_id = NEW.command_id),
            (
                SELECT CASE
                    WHEN MAX(event_type = 'push') THEN 'branch-not-mapped'
                    WHEN MAX(event_type = 'tag') THEN 'tag-not-mapped'
                    ELSE 'branch-deleted'
                END
                FROM fx_webhook_change
                WHERE command_id = NEW.command_id
            )
        )
    END
    WHERE command_id = NEW.command_id
        AND NOT EXISTS (
            SELECT 1
            FROM tb_deployment_request r
            WHERE r.fk_webhook_event = tb_webhook_event.pk_webhook_event
        );

    INSERT INTO tb_event (id, event_type, entity_type, entity_id, payload, command_id)
    SELECT
        i.id,
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
        w.command_id
    FROM fx_new_id i
    JOIN tb_webhook_event w
    WHERE w.command_id = NEW.command_id;

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
    WHERE v.pk_webhook_event = (SELECT pk_webhook_event FROM tb_webhook_event WHERE command_id = NEW.command_id);
END;

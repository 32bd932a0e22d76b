-- Requests what the new webhook of a command deploys, says in its row why nothing was, logs it
-- and answers the command.
CREATE VIEW fx_route_webhook (command_id) AS
SELECT NULL WHERE FALSE;

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

    INSERT INTO tb_event (event_type, entity_type, entity_id, payload, command_id)
    SELECT
        'webhook.received',
        'WebhookEvent',
        id,
        json_object(
            'provider', provider,
            'event_type', event_type,
            'branch', branch,
            'commit_sha', commit_sha,
            'ignored_reason', ignored_reason
        ),
        command_id
    FROM tb_webhook_event
    WHERE command_id = NEW.command_id;

    UPDATE tb_command
    SET
        status_detail = CASE WHEN w.ignored_reason IS NULL THEN 'accepted' ELSE 'ignored' END,
        message = CASE
            WHEN w.ignored_reason IS NULL
                THEN printf(
                    'Deployments requested: %d.',
                    (SELECT COUNT(*) FROM tb_deployment_request WHERE fk_webhook_event = w.pk_webhook_event)
                )
            ELSE printf('Nothing is deployed: %s.', w.ignored_reason)
        END,
        http_status = CASE WHEN w.ignored_reason IS NULL THEN 202 ELSE 200 END,
        state_changed = TRUE,
        entity_id = w.id,
        entity = (SELECT data FROM v_recent_webhooks WHERE id = w.id)
    FROM tb_webhook_event w
    WHERE tb_command.command_id = NEW.command_id
        AND w.command_id = NEW.command_id;
END;

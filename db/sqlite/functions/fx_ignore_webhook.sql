-- Says in the row of a webhook that has requested nothing why that is.
CREATE VIEW fx_ignore_webhook (fk_webhook_event) AS
SELECT NULL WHERE FALSE;

CREATE TRIGGER fx_ignore_webhook_call INSTEAD OF INSERT ON fx_ignore_webhook
WHEN NOT EXISTS (SELECT 1 FROM tb_deployment_request WHERE fk_webhook_event = NEW.fk_webhook_event)
BEGIN
    -- Refusals of the targets have commands that begin with this one's and a slash; "0" comes
    -- after "/".
    UPDATE tb_webhook_event
    SET ignored_reason = CASE
        WHEN event_type = 'ping'
            THEN 'ping'
        WHEN event_type = 'other'
            THEN 'event-not-handled'
        WHEN EXISTS (
            SELECT 1
            FROM tb_command c
            WHERE c.command_id > tb_webhook_event.command_id || '/'
                AND c.command_id < tb_webhook_event.command_id || '0'
                AND c.status_detail = 'queue-full'
        )
            THEN 'queue-full'
        WHEN EXISTS (
            SELECT 1
            FROM fx_webhook_target
            WHERE pk_webhook_event = NEW.fk_webhook_event
                AND obstacle IS NULL
        )
            THEN 'held'
        ELSE COALESCE(
            (SELECT MAX(obstacle) FROM fx_webhook_target WHERE pk_webhook_event = NEW.fk_webhook_event),
            (
                SELECT CASE
                    WHEN MAX(event_type = 'push') THEN 'branch-not-mapped'
                    WHEN MAX(event_type = 'tag') THEN 'tag-not-mapped'
                    ELSE 'branch-deleted'
                END
                FROM fx_webhook_change
                WHERE pk_webhook_event = NEW.fk_webhook_event
            )
        )
    END
    WHERE pk_webhook_event = NEW.fk_webhook_event;
END;

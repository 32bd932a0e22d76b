-- Says how sending a notification went. Contract: db/README.md.
CREATE VIEW fn_complete_notification (
    notification_id, claim, succeeded, error, retry_seconds, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_complete_notification_call INSTEAD OF INSERT ON fn_complete_notification
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_complete_notification',
        CASE
            WHEN n.pk_notification IS NULL
                THEN printf('refused:unknown-notification:No notification has the id "%s".', NEW.notification_id)
            WHEN n.claim IS NOT NEW.claim
                OR n.claimed_until IS NULL
                THEN 'refused:lease-lost:The notification is no longer this worker''s.'
            WHEN NEW.succeeded IS NULL
                THEN 'refused:invalid-argument:succeeded'
            WHEN NEW.succeeded
                THEN printf('delivered:The notification of %s is delivered.', c.name)
            WHEN COALESCE(NEW.retry_seconds, -1) NOT BETWEEN 0 AND 86400
                THEN 'refused:invalid-argument:retry_seconds'
            WHEN n.attempts >= 9
                THEN printf('given-up:The notification of %s is given up.', c.name)
            ELSE printf('postponed:The notification of %s will be tried again.', c.name)
        END,
        'Notification',
        n.id
    FROM (SELECT 1)
    LEFT JOIN tb_notification n ON n.id = NEW.notification_id
    LEFT JOIN tb_notification_channel c ON c.pk_notification_channel = n.fk_channel;

    UPDATE tb_notification
    SET
        state = 'delivered',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        claimed_until = NULL
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'delivered'
    );

    UPDATE tb_notification
    SET
        attempts = attempts + 1,
        error = NEW.error,
        next_attempt_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.retry_seconds)),
        claimed_until = NULL
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'postponed'
    );

    UPDATE tb_notification
    SET
        state = 'failed',
        attempts = attempts + 1,
        error = NEW.error,
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        claimed_until = NULL
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'given-up'
    );

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = CASE status_detail
            WHEN 'delivered' THEN json_array('state', 'completed_at')
            WHEN 'postponed' THEN json_array('attempts', 'error', 'next_attempt_at')
            ELSE json_array('state', 'attempts', 'error', 'completed_at')
        END,
        entity = (SELECT data FROM v_notification WHERE id = entity_id)
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

-- Hands the oldest notification that is due to a worker. Contract: db/README.md.
CREATE VIEW fn_claim_notification (worker, lease_seconds, command_id) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_claim_notification_call INSTEAD OF INSERT ON fn_claim_notification
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id, metadata)
    SELECT
        NEW.command_id,
        'fn_claim_notification',
        CASE
            WHEN COALESCE(NEW.worker, '') = ''
                THEN 'refused:invalid-argument:worker'
            WHEN COALESCE(NEW.lease_seconds, 0) NOT BETWEEN 1 AND 3600
                THEN 'refused:invalid-argument:lease_seconds'
            WHEN n.pk_notification IS NULL
                THEN 'nothing-to-claim:No notification is due.'
            ELSE printf('claimed:%s has claimed a notification of %s.', NEW.worker, n.channel)
        END,
        CASE WHEN n.id IS NOT NULL THEN 'Notification' END,
        n.id,
        json_object('expired', (SELECT COUNT(*) FROM fx_stale_notification))
    FROM (SELECT 1)
    LEFT JOIN v_notification n ON n.pk_notification = (
        SELECT p.pk_notification
        FROM v_notification p
        WHERE p.due
            AND p.pk_notification NOT IN (SELECT pk_notification FROM fx_stale_notification)
        ORDER BY p.pk_notification
        LIMIT 1
    );

    UPDATE tb_notification
    SET
        state = 'expired',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        claimed_until = NULL
    WHERE pk_notification IN (SELECT pk_notification FROM fx_stale_notification)
        AND (SELECT error_detail IS NULL FROM tb_command WHERE command_id = NEW.command_id);

    UPDATE tb_notification
    SET
        claim = claim + 1,
        worker = NEW.worker,
        claimed_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.lease_seconds))
    WHERE id = (SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id);

    UPDATE tb_command
    SET state_changed = TRUE
    WHERE command_id = NEW.command_id
        AND json_extract(metadata, '$.expired') > 0;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity = (SELECT data FROM v_notification WHERE id = entity_id),
        metadata = (
            SELECT json_set(tb_command.metadata, '$.claim', n.claim, '$.claimed_until', n.claimed_until)
            FROM tb_notification n
            WHERE n.id = entity_id
        )
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

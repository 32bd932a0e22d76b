-- Puts the newest event of a deployment into the outbox, once for each channel that wants it.
CREATE VIEW fx_write_notifications (deployment_id) AS
SELECT NULL WHERE FALSE;

CREATE TRIGGER fx_write_notifications_call INSTEAD OF INSERT ON fx_write_notifications
BEGIN
    INSERT INTO tb_notification (fk_event, fk_channel, fk_deployment, kind)
    SELECT n.pk_event, c.pk_notification_channel, n.pk_deployment, n.kind
    FROM (
        SELECT
            e.pk_event,
            d.pk_deployment,
            d.fraise,
            d.environment,
            CASE e.event_type
                WHEN 'deployment.started' THEN 'started'
                WHEN 'deployment.completed' THEN CASE d.status WHEN 'success' THEN 'succeeded' ELSE d.status END
            END AS kind
        FROM tb_deployment d
        JOIN tb_event e ON e.pk_event = (SELECT MAX(pk_event) FROM tb_event WHERE entity_id = d.id)
        WHERE d.id = NEW.deployment_id
    ) n
    JOIN tb_notification_channel c
        ON c.removed_at IS NULL
        AND n.kind IN (SELECT value FROM json_each(c.events))
        AND (
            c.fraises IS NULL
            OR n.fraise IN (SELECT value FROM json_each(c.fraises))
        )
        AND (
            c.environments IS NULL
            OR n.environment IN (SELECT value FROM json_each(c.environments))
        )
    ORDER BY c.pk_notification_channel;
END;

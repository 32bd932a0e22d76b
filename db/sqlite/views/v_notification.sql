-- Notifications: what channels are to hear of deployments, and how far that has come.
CREATE VIEW v_notification AS
SELECT
    n.pk_notification,
    n.id,
    c.name AS channel,
    n.kind,
    n.state,
    n.attempts,
    n.state = 'pending'
        AND n.next_attempt_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
        AND COALESCE(n.claimed_until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), TRUE) AS due,
    d.id AS deployment_id,
    n.created_at,
    json_object(
        'id', n.id,
        'channel', c.name,
        'kind', n.kind,
        'event_type', e.event_type,
        'event_number', e.pk_event,
        'state', n.state,
        'attempts', n.attempts,
        'error', n.error,
        'created_at', n.created_at,
        'next_attempt_at', n.next_attempt_at,
        'completed_at', n.completed_at,
        'deployment', json((SELECT data FROM v_deployment WHERE id = d.id))
    ) AS data
FROM tb_notification n
JOIN tb_notification_channel c ON c.pk_notification_channel = n.fk_channel
JOIN tb_event e ON e.pk_event = n.fk_event
JOIN tb_deployment d ON d.pk_deployment = n.fk_deployment;

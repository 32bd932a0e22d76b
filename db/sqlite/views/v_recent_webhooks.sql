-- Webhooks that were accepted, with the deployments that they asked for.
CREATE VIEW v_recent_webhooks AS
SELECT
    w.pk_webhook_event,
    w.id,
    w.provider,
    w.event_type,
    w.branch,
    w.received_at,
    json_object(
        'id', w.id,
        'received_at', w.received_at,
        'provider', upper(w.provider),
        'hook', w.hook,
        'delivery_id', w.delivery_id,
        'event_type', w.event_type,
        'native_event', w.native_event,
        'repository', w.repository,
        'branch', w.branch,
        'tag', w.tag,
        'commit_sha', w.commit_sha,
        'sender', w.sender,
        'processed', json(CASE WHEN w.processed THEN 'true' ELSE 'false' END),
        'ignored_reason', w.ignored_reason,
        'deployments', json((
            SELECT json_group_array(json(data))
            FROM (
                SELECT json_object(
                    'id', d.id,
                    'fraise', d.fraise,
                    'environment', d.environment,
                    'status', CASE WHEN d.status IN ('superseded', 'cancelled') THEN 'FAILED' ELSE upper(d.status) END
                ) AS data
                FROM tb_deployment_request r
                JOIN tb_deployment d ON d.fk_request = r.pk_deployment_request
                WHERE r.fk_webhook_event = w.pk_webhook_event
                ORDER BY d.pk_deployment
            )
        ))
    ) AS data
FROM tb_webhook_event w;

-- Webhooks that were accepted, with the deployments that they asked for.
CREATE VIEW v_recent_webhooks AS
SELECT
    *,
    json_object(
        'id', id,
        'received_at', received_at,
        'provider', shown_provider,
        'hook', hook,
        'delivery_id', delivery_id,
        'event_type', event_type,
        'native_event', native_event,
        'repository', repository,
        'branch', branch,
        'tag', tag,
        'commit_sha', commit_sha,
        'sender', sender,
        'processed', json(CASE WHEN processed THEN 'true' ELSE 'false' END),
        'ignored_reason', ignored_reason,
        'replayed_from', replayed_from,
        'replayed_by', replayed_by,
        'replays', json(replays),
        'changes', json(changes),
        'deployments', json(deployments)
    ) AS data
FROM (
    SELECT
        w.pk_webhook_event,
        w.id,
        w.received_at,
        w.provider,
        upper(w.provider) AS shown_provider,
        w.hook,
        w.delivery_id,
        w.event_type,
        w.native_event,
        w.repository,
        w.branch,
        w.tag,
        w.commit_sha,
        w.sender,
        w.processed,
        w.ignored_reason,
        (SELECT id FROM tb_webhook_event WHERE pk_webhook_event = w.fk_replayed_from) AS replayed_from,
        w.replayed_by,
        (
            SELECT json_group_array(id)
            FROM (
                SELECT id
                FROM tb_webhook_event
                WHERE fk_replayed_from = w.pk_webhook_event
                ORDER BY pk_webhook_event
            )
        ) AS replays,
        COALESCE(json_extract(w.event, '$.changes'), '[]') AS changes,
        (
            SELECT json_group_array(json(data))
            FROM (
                SELECT json_object(
                    'id', d.id,
                    'fraise', d.fraise,
                    'environment', d.environment,
                    'status', CASE WHEN d.status IN ('superseded', 'cancelled') THEN 'FAILED' ELSE upper(d.status) END,
                    'outcome', d.status
                ) AS data
                FROM tb_deployment_request r
                JOIN tb_deployment d ON d.fk_request = r.pk_deployment_request
                WHERE r.fk_webhook_event = w.pk_webhook_event
                ORDER BY r.pk_deployment_request
            )
        ) AS deployments
    FROM tb_webhook_event w
);

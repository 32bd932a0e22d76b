-- Webhooks that were accepted, with the deployments that they asked for. A request has one; the
-- limit says so to the planner, which would walk through all of a table that was small once.
CREATE VIEW v_recent_webhooks AS
SELECT
    v.*,
    jsonb_build_object(
        'id', id,
        'received_at', fx_time(received_at),
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
        'processed', processed,
        'ignored_reason', ignored_reason,
        'replayed_from', replayed_from,
        'replayed_by', replayed_by,
        'replays', replays,
        'changes', changes,
        'deployments', deployments
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
        (
            SELECT first.id
            FROM tb_webhook_event first
            WHERE first.pk_webhook_event = w.fk_replayed_from
        ) AS replayed_from,
        w.replayed_by,
        (
            SELECT COALESCE(jsonb_agg(r.id ORDER BY r.pk_webhook_event), '[]')
            FROM tb_webhook_event r
            WHERE r.fk_replayed_from = w.pk_webhook_event
        ) AS replays,
        COALESCE(NULLIF(w.event -> 'changes', 'null'), '[]') AS changes,
        (
            SELECT COALESCE(
                jsonb_agg(
                    jsonb_build_object(
                        'id', d.id,
                        'fraise', d.fraise,
                        'environment', d.environment,
                        'status', fx_deployment_status(d.status),
                        'outcome', d.status
                    )
                    ORDER BY d.pk_deployment
                ),
                '[]'
            )
            FROM tb_deployment_request q
            CROSS JOIN LATERAL (
                SELECT *
                FROM tb_deployment
                WHERE fk_request = q.pk_deployment_request
                LIMIT 1
            ) d
            WHERE q.fk_webhook_event = w.pk_webhook_event
        ) AS deployments
    FROM tb_webhook_event w
) v;

-- Webhooks that were accepted, with the deployments that they asked for.
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
            SELECT COALESCE(
                jsonb_agg(
                    jsonb_build_object(
                        'id', d.id,
                        'fraise', d.fraise,
                        'environment', d.environment,
                        'status', fx_deployment_status(d.status)
                    )
                    ORDER BY d.pk_deployment
                ),
                '[]'
            )
            FROM tb_deployment_request q
            JOIN tb_deployment d ON d.fk_request = q.pk_deployment_request
            WHERE q.fk_webhook_event = w.pk_webhook_event
        ) AS deployments
    FROM tb_webhook_event w
) v;

-- Webhooks that were accepted, with the deployments that they asked for.
CREATE VIEW v_recent_webhooks AS
SELECT
    w.pk_webhook_event,
    w.id,
    w.provider,
    w.event_type,
    w.branch,
    w.received_at,
    jsonb_build_object(
        'id', w.id,
        'received_at', fx_time(w.received_at),
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
        'processed', w.processed,
        'ignored_reason', w.ignored_reason,
        'deployments', (
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
        )
    ) AS data
FROM tb_webhook_event w;

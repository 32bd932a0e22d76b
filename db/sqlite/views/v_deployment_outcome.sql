-- Deployments that started, with what a count of them needs.
CREATE VIEW v_deployment_outcome AS
SELECT
    d.id,
    d.fraise,
    d.environment,
    d.status,
    d.started_at,
    d.duration_seconds,
    json_object(
        'fraise', d.fraise,
        'environment', d.environment,
        'status', CASE WHEN d.status = 'cancelled' THEN 'FAILED' ELSE upper(d.status) END,
        'started_at', d.started_at,
        'duration_seconds', d.duration_seconds
    ) AS data
FROM tb_deployment d
WHERE d.started_at IS NOT NULL;

-- Deployments that started, with what a count of them needs.
CREATE VIEW v_deployment_outcome AS
SELECT
    d.id,
    d.fraise,
    d.environment,
    d.status,
    d.started_at,
    d.duration_seconds,
    jsonb_build_object(
        'fraise', d.fraise,
        'environment', d.environment,
        'status', fx_deployment_status(d.status),
        'started_at', fx_time(d.started_at),
        'duration_seconds', d.duration_seconds
    ) AS data
FROM tb_deployment d
WHERE d.started_at IS NOT NULL;

-- Deployments that started in the last 30 days, counted for each environment.
CREATE VIEW v_deployment_stats AS
SELECT
    fraise,
    environment,
    total,
    successful,
    failed,
    rolled_back,
    avg_duration,
    success_rate,
    jsonb_build_object(
        'fraise', fraise,
        'environment', environment,
        'total', total,
        'successful', successful,
        'failed', failed,
        'rolled_back', rolled_back,
        'avg_duration', avg_duration,
        'success_rate', success_rate
    ) AS data
FROM (
    SELECT
        fraise,
        environment,
        count(*) AS total,
        count(*) FILTER (WHERE status = 'success') AS successful,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        count(*) FILTER (WHERE status = 'rolled_back') AS rolled_back,
        avg(duration_seconds) AS avg_duration,
        round(100.0 * count(*) FILTER (WHERE status = 'success') / count(*), 1)::double precision
            AS success_rate
    FROM v_deployment_outcome
    WHERE started_at >= clock_timestamp() - interval '30 days'
    GROUP BY fraise, environment
) counted;

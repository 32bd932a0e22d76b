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
    json_object(
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
        COUNT(*) AS total,
        SUM(status = 'success') AS successful,
        SUM(status = 'failed') AS failed,
        SUM(status = 'rolled_back') AS rolled_back,
        AVG(duration_seconds) AS avg_duration,
        ROUND(100.0 * SUM(status = 'success') / COUNT(*), 1) AS success_rate
    FROM v_deployment_outcome
    WHERE started_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-30 days')
    GROUP BY fraise, environment
);

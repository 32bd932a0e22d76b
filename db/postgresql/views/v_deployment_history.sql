-- Deployments in one line each. An order here would be kept to before a limit outside counts.
CREATE VIEW v_deployment_history AS
SELECT
    d.pk_deployment,
    d.id,
    d.fraise,
    d.environment,
    COALESCE(d.started_at, q.requested_at) AS started_at,
    d.completed_at,
    d.duration_seconds,
    d.old_version || ' → ' || d.new_version AS version_change,
    d.status,
    d.target_provider,
    d.git_commit,
    d.error_message,
    jsonb_build_object(
        'id', d.id,
        'fraise', d.fraise,
        'environment', d.environment,
        'started_at', fx_time(COALESCE(d.started_at, q.requested_at)),
        'completed_at', fx_time(d.completed_at),
        'duration_seconds', d.duration_seconds,
        'version_change', d.old_version || ' → ' || d.new_version,
        'status', fx_deployment_status(d.status),
        'target_provider', d.target_provider,
        'git_commit', d.git_commit,
        'error_message', d.error_message,
        'triggered_by', upper(q.trigger_type),
        'actor', q.requested_by,
        'outcome', d.status,
        'kind', d.kind,
        'error_code', d.error_code,
        'hint', (
            SELECT s.detail ->> 'hint'
            FROM tb_deployment_step s
            WHERE s.fk_deployment = d.pk_deployment
              AND s.state = 'failed'
              AND s.detail ->> 'code' = d.error_code
            ORDER BY s.pk_deployment_step DESC
            LIMIT 1
        )
    ) AS data
FROM tb_deployment d
LEFT JOIN tb_deployment_request q ON q.pk_deployment_request = d.fk_request;

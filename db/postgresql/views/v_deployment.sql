-- Deployments from the request to the end. The left joins always match; they let
-- a query that needs none of their columns leave them out.
CREATE VIEW v_deployment AS
SELECT
    d.pk_deployment,
    d.id,
    f.id AS fraise_id,
    d.fraise,
    d.environment,
    d.status,
    COALESCE(d.started_at, q.requested_at) AS started_at,
    q.requested_at,
    jsonb_build_object(
        'id', d.id,
        'fraise_id', f.id,
        'fraise', d.fraise,
        'environment', d.environment,
        'kind', d.kind,
        'requested_at', fx_time(q.requested_at),
        'started_at', fx_time(COALESCE(d.started_at, q.requested_at)),
        'completed_at', fx_time(d.completed_at),
        'duration_seconds', d.duration_seconds,
        'old_version', d.old_version,
        'new_version', d.new_version,
        'status', fx_deployment_status(d.status),
        'outcome', d.status,
        'triggered_by', upper(q.trigger_type),
        'actor', q.requested_by,
        'target', jsonb_build_object('provider', d.target_provider, 'config', q.target_config),
        'git_commit', d.git_commit,
        'git_branch', d.git_branch,
        'error_code', d.error_code,
        'error_message', d.error_message,
        'force', q.force,
        'attempt', d.attempt,
        'worker', d.worker,
        'superseded_by', d.superseded_by,
        'cutover_at', fx_time(d.cutover_at),
        'cancel_requested_at', fx_time(d.cancel_requested_at),
        'webhook_id', w.id,
        'steps', (
            SELECT COALESCE(jsonb_agg(t.data ORDER BY t.attempt, t.position), '[]')
            FROM v_deployment_step t
            WHERE t.deployment_id = d.id
        )
    ) AS data
FROM tb_deployment d
LEFT JOIN tb_deployment_request q ON q.pk_deployment_request = d.fk_request
LEFT JOIN tb_environment e ON e.pk_environment = d.fk_environment
LEFT JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
LEFT JOIN tb_webhook_event w ON w.pk_webhook_event = q.fk_webhook_event;

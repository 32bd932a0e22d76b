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
    COALESCE(d.started_at, r.requested_at) AS started_at,
    r.requested_at,
    json_object(
        'id', d.id,
        'fraise_id', f.id,
        'fraise', d.fraise,
        'environment', d.environment,
        'kind', d.kind,
        'requested_at', r.requested_at,
        'started_at', COALESCE(d.started_at, r.requested_at),
        'completed_at', d.completed_at,
        'duration_seconds', d.duration_seconds,
        'old_version', d.old_version,
        'new_version', d.new_version,
        'status', CASE WHEN d.status IN ('superseded', 'cancelled') THEN 'FAILED' ELSE upper(d.status) END,
        'outcome', d.status,
        'triggered_by', upper(r.trigger_type),
        'actor', r.requested_by,
        'target', json_object('provider', d.target_provider, 'config', json(r.target_config)),
        'git_commit', d.git_commit,
        'git_branch', d.git_branch,
        'error_code', d.error_code,
        'error_message', d.error_message,
        'force', json(CASE WHEN r.force THEN 'true' ELSE 'false' END),
        'attempt', d.attempt,
        'worker', d.worker,
        'superseded_by', d.superseded_by,
        'cutover_at', d.cutover_at,
        'cancel_requested_at', d.cancel_requested_at,
        'webhook_id', w.id,
        'steps', json((
            SELECT json_group_array(json(data))
            FROM (
                SELECT data
                FROM v_deployment_step
                WHERE deployment_id = d.id
                ORDER BY attempt, position
            )
        ))
    ) AS data
FROM tb_deployment d
LEFT JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
LEFT JOIN tb_environment e ON e.pk_environment = d.fk_environment
LEFT JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
LEFT JOIN tb_webhook_event w ON w.pk_webhook_event = r.fk_webhook_event;

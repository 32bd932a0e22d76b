-- Deployments from the request to the end. The left joins always match; they let
-- a query that needs none of their columns leave them out.
CREATE VIEW v_deployment AS
SELECT
    v.*,
    jsonb_build_object(
        'id', id,
        'fraise_id', fraise_id,
        'fraise', fraise,
        'environment', environment,
        'kind', kind,
        'requested_at', fx_time(requested_at),
        'started_at', fx_time(started_at),
        'completed_at', fx_time(completed_at),
        'duration_seconds', duration_seconds,
        'old_version', old_version,
        'new_version', new_version,
        'status', shown_status,
        'outcome', status,
        'triggered_by', triggered_by,
        'actor', actor,
        'target', jsonb_build_object('provider', target_provider, 'config', target_config),
        'git_commit', git_commit,
        'git_branch', git_branch,
        'error_code', error_code,
        'error_message', error_message,
        'force', force,
        'attempt', attempt,
        'worker', worker,
        'superseded_by', superseded_by,
        'cutover_at', fx_time(cutover_at),
        'cancel_requested_at', fx_time(cancel_requested_at),
        'webhook_id', webhook_id,
        'steps', steps
    ) AS data
FROM (
    SELECT
        d.pk_deployment,
        d.id,
        f.id AS fraise_id,
        d.fraise,
        d.environment,
        d.kind,
        d.status,
        fx_deployment_status(d.status) AS shown_status,
        COALESCE(d.started_at, q.requested_at) AS started_at,
        q.requested_at,
        d.completed_at,
        d.duration_seconds,
        d.old_version,
        d.new_version,
        upper(q.trigger_type) AS triggered_by,
        q.requested_by AS actor,
        d.target_provider,
        q.target_config,
        d.git_commit,
        d.git_branch,
        d.error_code,
        d.error_message,
        q.force,
        d.attempt,
        d.worker,
        d.superseded_by,
        d.cutover_at,
        d.cancel_requested_at,
        w.id AS webhook_id,
        (
            SELECT COALESCE(jsonb_agg(t.data ORDER BY t.attempt, t.position), '[]')
            FROM v_deployment_step t
            WHERE t.deployment_id = d.id
        ) AS steps
    FROM tb_deployment d
    LEFT JOIN tb_deployment_request q ON q.pk_deployment_request = d.fk_request
    LEFT JOIN tb_environment e ON e.pk_environment = d.fk_environment
    LEFT JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    LEFT JOIN tb_webhook_event w ON w.pk_webhook_event = q.fk_webhook_event
) v;

-- Deployments from the request to the end. The left join always matches; it and the
-- look-ups below let a query leave out what it does not ask for.
CREATE VIEW v_deployment AS
SELECT
    *,
    json_object(
        'id', id,
        'fraise_id', fraise_id,
        'fraise', fraise,
        'environment', environment,
        'kind', kind,
        'requested_at', requested_at,
        'started_at', started_at,
        'completed_at', completed_at,
        'duration_seconds', duration_seconds,
        'old_version', old_version,
        'new_version', new_version,
        'status', shown_status,
        'outcome', status,
        'triggered_by', triggered_by,
        'actor', actor,
        'target', json_object('provider', target_provider, 'config', json(target_config)),
        'git_commit', git_commit,
        'git_branch', git_branch,
        'error_code', error_code,
        'error_message', error_message,
        'force', json(CASE WHEN force THEN 'true' ELSE 'false' END),
        'attempt', attempt,
        'worker', worker,
        'superseded_by', superseded_by,
        'cutover_at', cutover_at,
        'cancel_requested_at', cancel_requested_at,
        'webhook_id', webhook_id,
        'steps', json(steps)
    ) AS data
FROM (
    SELECT
        d.pk_deployment,
        d.id,
        (
            SELECT f.id
            FROM tb_environment e
            JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
            WHERE e.pk_environment = d.fk_environment
        ) AS fraise_id,
        d.fraise,
        d.environment,
        d.kind,
        d.status,
        CASE WHEN d.status IN ('superseded', 'cancelled') THEN 'FAILED' ELSE upper(d.status) END AS shown_status,
        COALESCE(d.started_at, r.requested_at) AS started_at,
        r.requested_at,
        d.completed_at,
        d.duration_seconds,
        d.old_version,
        d.new_version,
        upper(r.trigger_type) AS triggered_by,
        r.requested_by AS actor,
        d.target_provider,
        r.target_config,
        d.git_commit,
        d.git_branch,
        d.error_code,
        d.error_message,
        r.force,
        d.attempt,
        d.worker,
        d.superseded_by,
        d.cutover_at,
        d.cancel_requested_at,
        (SELECT w.id FROM tb_webhook_event w WHERE w.pk_webhook_event = r.fk_webhook_event) AS webhook_id,
        (
            SELECT json_group_array(json(data))
            FROM (
                SELECT data
                FROM v_deployment_step
                WHERE deployment_id = d.id
                ORDER BY attempt, position
            )
        ) AS steps
    FROM tb_deployment d
    LEFT JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
);

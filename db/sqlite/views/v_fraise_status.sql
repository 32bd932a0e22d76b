-- What serves in each environment, with the newest deployment that started there.
CREATE VIEW v_fraise_status AS
SELECT
    e.id,
    s.fraise,
    s.environment,
    s.current_version,
    s.status,
    upper(s.status) AS shown_status,
    COALESCE(s.target_provider, e.target_provider) AS target_provider,
    s.last_deployed_at,
    d.duration_seconds AS last_deploy_duration,
    d.git_commit AS last_git_commit,
    r.git_commit AS current_commit,
    json_object(
        'id', e.id,
        'fraise', s.fraise,
        'environment', s.environment,
        'current_version', s.current_version,
        'status', upper(s.status),
        'target_provider', COALESCE(s.target_provider, e.target_provider),
        'last_deployed_at', s.last_deployed_at,
        'last_deploy_duration', d.duration_seconds,
        'last_git_commit', d.git_commit,
        'current_commit', r.git_commit
    ) AS data
FROM tb_fraise_state s
JOIN tb_environment e ON e.pk_environment = s.fk_environment
LEFT JOIN tb_release r ON r.pk_release = s.fk_current_release
LEFT JOIN tb_deployment d ON d.pk_deployment = (
    SELECT n.pk_deployment
    FROM tb_deployment n
    WHERE n.fraise = s.fraise
        AND n.environment = s.environment
        AND +n.started_at IS NOT NULL -- no index of started_at: it would not give the order
    ORDER BY n.pk_deployment DESC
    LIMIT 1
)
WHERE e.removed_at IS NULL;

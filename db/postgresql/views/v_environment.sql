-- Environments that the registry has, with what serves there.
CREATE VIEW v_environment AS
SELECT
    e.id,
    f.name AS fraise,
    e.name,
    jsonb_build_object(
        'id', e.id,
        'fraise', f.name,
        'name', e.name,
        'target', jsonb_build_object('provider', e.target_provider, 'config', e.target_config),
        'current_version', s.current_version,
        'current_commit', r.git_commit,
        'last_deployed_at', fx_time(s.last_deployed_at),
        'last_deployed_by', s.last_deployed_by,
        'status', upper(s.status),
        'branches', (
            SELECT COALESCE(jsonb_agg(m.branch ORDER BY m.branch COLLATE "C"), '[]')
            FROM tb_branch_mapping m
            WHERE m.fk_environment = e.pk_environment
        ),
        'jobs', e.jobs,
        'held_commit', s.held_commit
    ) AS data
FROM tb_environment e
JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
LEFT JOIN tb_release r ON r.pk_release = s.fk_current_release
WHERE e.removed_at IS NULL;

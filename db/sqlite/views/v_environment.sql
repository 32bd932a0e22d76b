-- Environments that the registry has, with what serves there.
CREATE VIEW v_environment AS
SELECT
    e.id,
    f.name AS fraise,
    e.name,
    json_object(
        'id', e.id,
        'fraise', f.name,
        'name', e.name,
        'target', json_object('provider', e.target_provider, 'config', json(e.target_config)),
        'current_version', s.current_version,
        'current_commit', r.git_commit,
        'last_deployed_at', s.last_deployed_at,
        'last_deployed_by', s.last_deployed_by,
        'status', upper(s.status),
        'branches', json((
            SELECT json_group_array(branch)
            FROM (SELECT branch FROM tb_branch_mapping WHERE fk_environment = e.pk_environment ORDER BY branch)
        )),
        'jobs', json(e.jobs),
        'held_commit', s.held_commit
    ) AS data
FROM tb_environment e
JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
LEFT JOIN tb_release r ON r.pk_release = s.fk_current_release
WHERE e.removed_at IS NULL;

-- Environments that the registry has, with what serves there.
CREATE VIEW v_environment AS
SELECT
    v.*,
    jsonb_build_object(
        'id', id,
        'fraise', fraise,
        'name', name,
        'target', jsonb_build_object('provider', target_provider, 'config', target_config),
        'current_version', current_version,
        'current_commit', current_commit,
        'last_deployed_at', fx_time(last_deployed_at),
        'last_deployed_by', last_deployed_by,
        'status', shown_status,
        'branches', branches,
        'jobs', jobs,
        'held_commit', held_commit
    ) AS data
FROM (
    SELECT
        e.pk_environment,
        e.id,
        f.name AS fraise,
        e.name,
        e.target_provider,
        e.target_config,
        s.current_version,
        r.git_commit AS current_commit,
        s.last_deployed_at,
        s.last_deployed_by,
        s.status,
        upper(s.status) AS shown_status,
        (
            SELECT COALESCE(jsonb_agg(m.name ORDER BY m.name COLLATE "C"), '[]')
            FROM tb_ref_rule m
            WHERE m.fk_environment = e.pk_environment
              AND m.ref_type = 'branch'
        ) AS branches,
        e.jobs,
        s.held_commit
    FROM tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
    LEFT JOIN tb_release r ON r.pk_release = s.fk_current_release
    WHERE e.removed_at IS NULL
) v;

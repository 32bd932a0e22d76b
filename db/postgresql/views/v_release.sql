-- Releases of environments; current is the one that serves.
CREATE VIEW v_release AS
SELECT
    r.pk_release,
    r.id,
    s.fraise,
    s.environment,
    r.version,
    r.git_commit,
    r.created_at,
    jsonb_build_object(
        'id', r.id,
        'fraise', s.fraise,
        'environment', s.environment,
        'version', r.version,
        'git_commit', r.git_commit,
        'artifact_digest', r.artifact_digest,
        'config', r.config,
        'migration_head', r.migration_head,
        'deployment_id', r.deployment_id,
        'created_at', fx_time(r.created_at),
        'deployed_at', fx_time(r.deployed_at),
        'retired_at', fx_time(r.retired_at),
        'current', COALESCE(s.fk_current_release = r.pk_release, FALSE)
    ) AS data
FROM tb_release r
JOIN tb_fraise_state s ON s.fk_environment = r.fk_environment;

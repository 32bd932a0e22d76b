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
    json_object(
        'id', r.id,
        'fraise', s.fraise,
        'environment', s.environment,
        'version', r.version,
        'git_commit', r.git_commit,
        'artifact_digest', r.artifact_digest,
        'config', json(r.config),
        'migration_head', r.migration_head,
        'deployment_id', r.deployment_id,
        'created_at', r.created_at,
        'deployed_at', r.deployed_at,
        'retired_at', r.retired_at,
        'current', json(CASE WHEN s.fk_current_release = r.pk_release THEN 'true' ELSE 'false' END)
    ) AS data
FROM tb_release r
JOIN tb_fraise_state s ON s.fk_environment = r.fk_environment;

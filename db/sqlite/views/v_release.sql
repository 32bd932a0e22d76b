-- Releases of environments; current is the one that serves. A release is backward compatible
-- unless its deployment changed the database so that older code may not run on it.
CREATE VIEW v_release AS
SELECT
    pk_release,
    id,
    fraise,
    environment,
    version,
    git_commit,
    backward_compatible,
    created_at,
    json_object(
        'id', id,
        'fraise', fraise,
        'environment', environment,
        'version', version,
        'git_commit', git_commit,
        'artifact_digest', artifact_digest,
        'config', json(config),
        'migration_head', migration_head,
        'backward_compatible', json(CASE WHEN backward_compatible THEN 'true' ELSE 'false' END),
        'migrations', json(migrations),
        'deployment_id', deployment_id,
        'created_at', created_at,
        'deployed_at', deployed_at,
        'retired_at', retired_at,
        'current', json(CASE WHEN fk_current_release = pk_release THEN 'true' ELSE 'false' END)
    ) AS data
FROM (
    SELECT
        r.*,
        s.fraise,
        s.environment,
        s.fk_current_release,
        NOT EXISTS (
            SELECT 1
            FROM tb_release_migration m
            JOIN tb_deployment d ON d.pk_deployment = m.fk_deployment
            WHERE m.fk_release = r.pk_release
                AND d.kind = 'deploy'
                AND NOT m.backward_compatible
        ) AS backward_compatible,
        (
            SELECT json_group_array(
                json_object(
                    'deployment_id', deployment_id,
                    'migration_head', migration_head,
                    'backward_compatible', json(CASE WHEN backward_compatible THEN 'true' ELSE 'false' END),
                    'detail', json(detail),
                    'recorded_at', recorded_at
                )
            )
            FROM (
                SELECT
                    d.id AS deployment_id,
                    m.migration_head,
                    m.backward_compatible,
                    m.detail,
                    m.recorded_at
                FROM tb_release_migration m
                JOIN tb_deployment d ON d.pk_deployment = m.fk_deployment
                WHERE m.fk_release = r.pk_release
                ORDER BY m.pk_release_migration
            )
        ) AS migrations
    FROM tb_release r
    JOIN tb_fraise_state s ON s.fk_environment = r.fk_environment
);

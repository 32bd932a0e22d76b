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
    jsonb_build_object(
        'id', id,
        'fraise', fraise,
        'environment', environment,
        'version', version,
        'git_commit', git_commit,
        'artifact_digest', artifact_digest,
        'config', config,
        'migration_head', migration_head,
        'backward_compatible', backward_compatible,
        'migrations', migrations,
        'deployment_id', deployment_id,
        'created_at', fx_time(created_at),
        'deployed_at', fx_time(deployed_at),
        'retired_at', fx_time(retired_at),
        'current', COALESCE(fk_current_release = pk_release, FALSE)
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
            SELECT COALESCE(
                jsonb_agg(
                    jsonb_build_object(
                        'deployment_id', d.id,
                        'migration_head', m.migration_head,
                        'backward_compatible', m.backward_compatible,
                        'detail', m.detail,
                        'recorded_at', fx_time(m.recorded_at)
                    )
                    ORDER BY m.pk_release_migration
                ),
                '[]'
            )
            FROM tb_release_migration m
            JOIN tb_deployment d ON d.pk_deployment = m.fk_deployment
            WHERE m.fk_release = r.pk_release
        ) AS migrations
    FROM tb_release r
    JOIN tb_fraise_state s ON s.fk_environment = r.fk_environment
) v;

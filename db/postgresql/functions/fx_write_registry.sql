-- Makes the fraises and the environments equal to a registry document. What is absent is
-- marked, never deleted; what comes back is unmarked.
CREATE FUNCTION fx_write_registry(p_registry jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tb_fraise (
        name, type, description, git_provider, repository, repository_key, database, config,
        only_provider
    )
    SELECT
        f.name, f.fraise ->> 'type', f.fraise ->> 'description', f.fraise ->> 'git_provider',
        f.fraise ->> 'repository', f.fraise ->> 'repository_key',
        NULLIF(f.fraise -> 'database', 'null'),
        COALESCE(NULLIF(f.fraise -> 'config', 'null'), '{}'),
        f.fraise ->> 'only_provider'
    FROM fx_registry_fraise(p_registry) f
    ORDER BY f.ordinal
    ON CONFLICT (name) DO UPDATE SET
        type = excluded.type,
        description = excluded.description,
        git_provider = excluded.git_provider,
        repository = excluded.repository,
        repository_key = excluded.repository_key,
        database = excluded.database,
        config = excluded.config,
        only_provider = excluded.only_provider,
        updated_at = clock_timestamp(),
        removed_at = NULL;

    INSERT INTO tb_environment (
        fk_fraise, name, target_provider, target_config, database, config, jobs, paths
    )
    SELECT
        f.pk_fraise, e.name, e.environment ->> 'provider',
        COALESCE(NULLIF(e.environment -> 'target', 'null'), '{}'),
        NULLIF(e.environment -> 'database', 'null'),
        COALESCE(NULLIF(e.environment -> 'config', 'null'), '{}'),
        COALESCE(NULLIF(e.environment -> 'jobs', 'null'), '[]'),
        NULLIF(e.environment -> 'paths', 'null')
    FROM fx_registry_environment(p_registry) e
    JOIN tb_fraise f ON f.name = e.fraise
    ORDER BY e.ordinal
    ON CONFLICT (fk_fraise, name) DO UPDATE SET
        target_provider = excluded.target_provider,
        target_config = excluded.target_config,
        database = excluded.database,
        config = excluded.config,
        jobs = excluded.jobs,
        paths = excluded.paths,
        updated_at = clock_timestamp(),
        removed_at = NULL;

    UPDATE tb_environment t SET removed_at = clock_timestamp()
    FROM tb_fraise f
    WHERE f.pk_fraise = t.fk_fraise
      AND t.removed_at IS NULL
      AND NOT EXISTS (
        SELECT 1
        FROM fx_registry_environment(p_registry) e
        WHERE e.fraise = f.name
          AND e.name = t.name
      );

    UPDATE tb_fraise t SET removed_at = clock_timestamp()
    WHERE t.removed_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM fx_registry_fraise(p_registry) f WHERE f.name = t.name
      );

    INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
    SELECT e.pk_environment, f.name, e.name
    FROM tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    ORDER BY e.pk_environment
    ON CONFLICT (fk_environment) DO NOTHING;
END
$$;

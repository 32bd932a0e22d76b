-- Fraises that the registry has, with their environments in the order of fraises.yaml.
CREATE VIEW v_fraise AS
SELECT
    f.*,
    jsonb_build_object(
        'id', id,
        'name', name,
        'type', shown_type,
        'kind', type,
        'description', description,
        'git_provider', git_provider,
        'repository', repository,
        'database', database,
        'environments', (
            SELECT COALESCE(jsonb_agg(e.data ORDER BY e.pk_environment), '[]')
            FROM v_environment e
            WHERE e.fraise = f.name
        )
    ) AS data
FROM (
    SELECT
        id,
        name,
        type,
        CASE WHEN type IN ('etl', 'backup') THEN 'CUSTOM' ELSE upper(type) END AS shown_type,
        description,
        git_provider,
        repository,
        database
    FROM tb_fraise
    WHERE removed_at IS NULL
) f;

-- Fraises that the registry has, with their environments in the order of fraises.yaml.
CREATE VIEW v_fraise AS
SELECT
    *,
    json_object(
        'id', id,
        'name', name,
        'type', shown_type,
        'kind', type,
        'description', description,
        'git_provider', git_provider,
        'repository', repository,
        'database', json(database),
        'environments', json((
            SELECT json_group_array(json(data))
            FROM (
                SELECT e.data
                FROM v_environment e
                WHERE e.fraise = f.name
                ORDER BY e.pk_environment
            )
        ))
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

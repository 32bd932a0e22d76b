-- Fraises that the registry has, with their environments in the order of fraises.yaml.
CREATE VIEW v_fraise AS
SELECT
    f.id,
    f.name,
    f.type,
    jsonb_build_object(
        'id', f.id,
        'name', f.name,
        'type', CASE WHEN f.type IN ('etl', 'backup') THEN 'CUSTOM' ELSE upper(f.type) END,
        'kind', f.type,
        'description', f.description,
        'git_provider', f.git_provider,
        'repository', f.repository,
        'database', f.database,
        'environments', (
            SELECT COALESCE(jsonb_agg(v.data ORDER BY e.pk_environment), '[]')
            FROM tb_environment e
            JOIN v_environment v ON v.id = e.id
            WHERE e.fk_fraise = f.pk_fraise
        )
    ) AS data
FROM tb_fraise f
WHERE f.removed_at IS NULL;

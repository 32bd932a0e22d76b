-- Names and patterns of branches, or of tags, that a fraise has rules for, each once.
CREATE FUNCTION fx_followed(p_fraise integer, p_ref_type text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(jsonb_agg(name ORDER BY name COLLATE "C"), '[]')
    FROM (
        SELECT DISTINCT m.name
        FROM tb_environment e
        JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
        WHERE e.fk_fraise = p_fraise
          AND m.ref_type = p_ref_type
    ) followed
$$;

-- The rules of a fraise, in a settled order, as [type, name, environment].
CREATE FUNCTION fx_fraise_rules(p_fraise integer) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        jsonb_agg(
            jsonb_build_array(m.ref_type, m.name, e.name)
            ORDER BY m.ref_type, m.name COLLATE "C", e.name COLLATE "C"
        ),
        '[]'
    )
    FROM tb_environment e
    JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
    WHERE e.fk_fraise = p_fraise
$$;

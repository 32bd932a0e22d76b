-- The rules that a branch or a tag matches. A name is looked up; only patterns are tried.
CREATE FUNCTION fx_rules(p_ref_type text, p_name text) RETURNS SETOF tb_ref_rule
LANGUAGE sql STABLE AS $$
    SELECT *
    FROM tb_ref_rule
    WHERE ref_type = p_ref_type
      AND name = p_name
    UNION ALL
    SELECT *
    FROM tb_ref_rule
    WHERE ref_type = p_ref_type
      AND name ~ '[*?]'
      AND fx_glob(p_name, name)
$$;

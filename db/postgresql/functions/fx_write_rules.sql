-- Replaces the rules of routing by those of a registry document.
CREATE FUNCTION fx_write_rules(p_registry jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tb_ref_rule;
    INSERT INTO tb_ref_rule (ref_type, name, fk_environment)
    SELECT m.ref_type, m.name, e.pk_environment
    FROM fx_registry_mapping(p_registry) m
    JOIN tb_fraise f ON f.name = m.fraise
    JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = m.environment
    ORDER BY m.ref_type, m.ordinal
    ON CONFLICT (ref_type, name, fk_environment) DO NOTHING;
END
$$;

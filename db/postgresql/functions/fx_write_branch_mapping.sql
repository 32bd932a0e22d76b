-- Replaces the branch mapping by the one of a registry document.
CREATE FUNCTION fx_write_branch_mapping(p_registry jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tb_branch_mapping;
    INSERT INTO tb_branch_mapping (branch, fk_environment)
    SELECT m.branch, e.pk_environment
    FROM fx_registry_mapping(p_registry) m
    JOIN tb_fraise f ON f.name = m.fraise
    JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = m.environment
    ORDER BY m.ordinal
    ON CONFLICT (branch, fk_environment) DO NOTHING;
END
$$;

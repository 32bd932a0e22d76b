-- The environment of these names, locked until the transaction ends; NULL when there is none.
CREATE FUNCTION fx_lock_environment(p_fraise text, p_environment text) RETURNS tb_environment
LANGUAGE plpgsql AS $$
DECLARE
    l_environment tb_environment;
BEGIN
    SELECT e.* INTO l_environment
    FROM tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE f.name = p_fraise
      AND e.name = p_environment
      AND e.removed_at IS NULL
    FOR NO KEY UPDATE OF e;
    RETURN l_environment;
END
$$;

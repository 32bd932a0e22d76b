-- Whether the repository of a fraise is to be asked now.
CREATE FUNCTION fx_due(p_reconcile tb_reconcile) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    SELECT p_reconcile.next_at <= clock_timestamp()
        AND COALESCE(p_reconcile.claimed_until <= clock_timestamp(), TRUE)
        AND EXISTS (
            SELECT 1
            FROM tb_fraise
            WHERE pk_fraise = p_reconcile.fk_fraise
              AND repository <> ''
        )
        AND EXISTS (
            SELECT 1
            FROM tb_environment e
            JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
            WHERE e.fk_fraise = p_reconcile.fk_fraise
        )
$$;

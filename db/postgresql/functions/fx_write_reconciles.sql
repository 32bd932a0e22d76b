-- Makes what is reconciled equal to a registry document. What is turned off is forgotten, so that a
-- fraise begins anew when it is turned on again.
CREATE FUNCTION fx_write_reconciles(p_registry jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    l_fraises integer[] := ARRAY(
        SELECT t.pk_fraise
        FROM fx_registry_fraise(p_registry) f
        JOIN tb_fraise t ON t.name = f.name
        WHERE f.fraise -> 'reconcile' = 'true'
        ORDER BY f.ordinal
    );
BEGIN
    DELETE FROM tb_seen_ref
    USING tb_reconcile r
    WHERE r.pk_reconcile = fk_reconcile
      AND r.fk_fraise <> ALL (l_fraises);
    DELETE FROM tb_reconcile WHERE fk_fraise <> ALL (l_fraises);
    INSERT INTO tb_reconcile (fk_fraise, as_of)
    SELECT f.pk_fraise, COALESCE((SELECT max(pk_webhook_event) FROM tb_webhook_event), 0)
    FROM unnest(l_fraises) WITH ORDINALITY f (pk_fraise, ordinal)
    ORDER BY f.ordinal
    ON CONFLICT (fk_fraise) DO NOTHING;
END
$$;

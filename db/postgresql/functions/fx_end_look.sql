-- Gives a claimed fraise back, and says when it is due again: a tenth more or less, so that not
-- all are asked at once; after failures ever less often.
CREATE FUNCTION fx_end_look(p_reconcile tb_reconcile, p_error text) RETURNS tb_reconcile
LANGUAGE plpgsql AS $$
DECLARE
    l_seconds double precision := (SELECT reconcile_seconds FROM tb_registry);
    l_failures integer := CASE WHEN p_error IS NULL THEN 0 ELSE p_reconcile.failures + 1 END;
    l_ended tb_reconcile;
BEGIN
    UPDATE tb_reconcile SET
        claimed_until = NULL,
        completed_at = clock_timestamp(),
        failures = l_failures,
        error = p_error,
        next_at = clock_timestamp() + make_interval(
            secs => (0.9 + 0.2 * random())
                * least(l_seconds * 2 ^ least(l_failures, 12), greatest(l_seconds, 3600))
        )
    WHERE pk_reconcile = p_reconcile.pk_reconcile
    RETURNING * INTO l_ended;
    RETURN l_ended;
END
$$;

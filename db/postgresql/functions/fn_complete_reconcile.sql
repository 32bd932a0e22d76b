-- Takes in what a look at a repository has found, or why it failed. Contract: db/README.md.
-- Environments are locked before the claim, as a sync locks them, and before any event.
CREATE FUNCTION fn_complete_reconcile(
    p_fraise text DEFAULT NULL,
    p_claim integer DEFAULT NULL,
    p_refs jsonb DEFAULT NULL,
    p_error text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_fraise integer;
    l_reconcile tb_reconcile;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_complete_reconcile') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_fraise := (SELECT pk_fraise FROM tb_fraise WHERE name = p_fraise AND removed_at IS NULL);
    IF l_fraise IS NULL THEN
        RETURN fx_refuse(
            p_command_id, 'unknown-fraise', format('No fraise is called "%s".', p_fraise)
        );
    END IF;
    PERFORM 1
    FROM tb_environment
    WHERE fk_fraise = l_fraise
    ORDER BY pk_environment
    FOR NO KEY UPDATE;
    SELECT * INTO l_reconcile
    FROM tb_reconcile
    WHERE fk_fraise = l_fraise
      AND claim = p_claim
      AND claimed_until IS NOT NULL
    FOR NO KEY UPDATE;
    IF l_reconcile.pk_reconcile IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'lease-lost',
            format('The repository of %s is no longer this worker''s.', p_fraise)
        );
    END IF;
    IF NULLIF(p_error, '') IS NULL AND NOT fx_refs_are_sound(p_refs) THEN
        RETURN fx_refuse_argument(p_command_id, 'refs');
    END IF;
    l_reconcile := fx_end_look(l_reconcile, NULLIF(p_error, ''));
    IF l_reconcile.error IS NULL THEN
        RETURN fx_look(p_command_id, l_reconcile, p_refs);
    END IF;
    RETURN fx_answer(
        p_command_id,
        'postponed',
        format('The repository of %s could not be asked.', p_fraise),
        TRUE,
        p_metadata => jsonb_build_object(
            'failures', l_reconcile.failures,
            'next_at', fx_time(l_reconcile.next_at)
        )
    );
END
$$;

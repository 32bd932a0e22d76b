-- Hands the fraise that has been due longest to a worker. Contract: db/README.md.
-- What another transaction holds is passed over.
CREATE FUNCTION fn_claim_reconcile(
    p_worker text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_reconcile tb_reconcile;
    l_fraise tb_fraise;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_claim_reconcile') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF COALESCE(p_worker, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'worker');
    END IF;
    SELECT r.* INTO l_reconcile
    FROM tb_reconcile r
    WHERE fx_due(r)
    ORDER BY r.next_at, r.pk_reconcile
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED;
    IF l_reconcile.pk_reconcile IS NULL THEN
        RETURN fx_answer(p_command_id, 'nothing-to-claim', 'No repository is due.');
    END IF;
    UPDATE tb_reconcile SET
        claim = claim + 1,
        worker = p_worker,
        claimed_until = clock_timestamp() + interval '120 seconds',
        asked_as_of = COALESCE((SELECT max(pk_webhook_event) FROM tb_webhook_event), 0),
        asked_rules = fx_fraise_rules(fk_fraise)
    WHERE pk_reconcile = l_reconcile.pk_reconcile
    RETURNING * INTO l_reconcile;
    SELECT * INTO l_fraise FROM tb_fraise WHERE pk_fraise = l_reconcile.fk_fraise;
    RETURN fx_answer(
        p_command_id,
        'claimed',
        format('%s looks at the repository of %s.', p_worker, l_fraise.name),
        TRUE,
        'Fraise',
        l_fraise.id,
        (SELECT data FROM v_fraise WHERE id = l_fraise.id),
        p_metadata => jsonb_build_object(
            'fraise', l_fraise.name,
            'repository', l_fraise.repository,
            'branches', fx_followed(l_fraise.pk_fraise, 'branch'),
            'tags', fx_followed(l_fraise.pk_fraise, 'tag'),
            'claim', l_reconcile.claim,
            'claimed_until', fx_time(l_reconcile.claimed_until),
            'as_of', l_reconcile.asked_as_of
        )
    );
END
$$;

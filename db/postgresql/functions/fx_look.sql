-- Takes in what a look at a repository has found: requests what should be deployed, remembers
-- the refs and answers the command. When the queue is full nothing is remembered, so that the
-- next look finds the same.
CREATE FUNCTION fx_look(
    p_command_id text,
    p_reconcile tb_reconcile,
    p_refs jsonb
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_made record;
BEGIN
    INSERT INTO tb_seen_ref (fk_reconcile, ref_type, name, found_sha)
    SELECT
        p_reconcile.pk_reconcile,
        r.value ->> 'ref_type',
        r.value ->> 'name',
        lower(r.value ->> 'commit')
    FROM jsonb_array_elements(p_refs) WITH ORDINALITY r
    ORDER BY r.ordinality
    ON CONFLICT (fk_reconcile, ref_type, name) DO UPDATE SET found_sha = excluded.found_sha;
    UPDATE tb_seen_ref s SET told = t.told
    FROM fx_told_refs(p_reconcile) t
    WHERE t.pk_seen_ref = s.pk_seen_ref;
    l_made := fx_request_lost_pushes(p_command_id, p_reconcile);
    IF NOT l_made.is_full THEN
        PERFORM fx_remember_refs(p_reconcile);
    END IF;
    DELETE FROM tb_seen_ref
    WHERE fk_reconcile = p_reconcile.pk_reconcile
      AND commit_sha IS NULL;
    UPDATE tb_seen_ref SET
        found_sha = NULL,
        told = NULL
    WHERE fk_reconcile = p_reconcile.pk_reconcile;
    RETURN fx_answer(
        p_command_id,
        'reconciled',
        format('Deployments requested: %s.', l_made.requested),
        TRUE,
        p_cascade => l_made.cascade,
        p_metadata => jsonb_build_object(
            'requested', l_made.requested,
            'first_look', p_reconcile.rules IS DISTINCT FROM p_reconcile.asked_rules,
            'next_at', fx_time(p_reconcile.next_at)
        )
    );
END
$$;

-- Remembers what a look has found. What a later look has to see again stays as it was.
CREATE FUNCTION fx_remember_refs(p_reconcile tb_reconcile) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tb_seen_ref SET
        commit_sha = found_sha,
        seen_at = clock_timestamp()
    WHERE fk_reconcile = p_reconcile.pk_reconcile
      AND commit_sha IS DISTINCT FROM found_sha
      AND told IS DISTINCT FROM 'later';
    UPDATE tb_reconcile SET
        rules = asked_rules,
        as_of = asked_as_of
    WHERE pk_reconcile = p_reconcile.pk_reconcile;
END
$$;

-- What webhooks have told, since the last look, of the refs that a look has found: 'later' when
-- one came after the question, or tells that the ref has moved on; 'known' when one told of it.
CREATE FUNCTION fx_told_refs(p_reconcile tb_reconcile) RETURNS TABLE (pk_seen_ref integer, told text)
LANGUAGE sql STABLE AS $$
    SELECT
        s.pk_seen_ref,
        CASE
            WHEN bool_or(w.pk_webhook_event > p_reconcile.asked_as_of)
              OR bool_or(c.before = s.found_sha)
            THEN 'later'
            WHEN bool_or(c.commit_sha = s.found_sha) THEN 'known'
        END
    FROM tb_fraise f
    JOIN tb_webhook_event w ON w.pk_webhook_event > p_reconcile.as_of
    CROSS JOIN LATERAL fx_changes(w.event) c
    JOIN tb_seen_ref s
        ON s.fk_reconcile = p_reconcile.pk_reconcile
        AND s.ref_type = c.ref_type
        AND s.name = c.name
    WHERE f.pk_fraise = p_reconcile.fk_fraise
      AND s.found_sha IS NOT NULL
      AND (f.repository_key IS NULL OR w.event -> 'repository_keys' ? f.repository_key)
    GROUP BY s.pk_seen_ref
$$;

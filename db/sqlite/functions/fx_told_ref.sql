-- What webhooks have told, since the last look, of the refs that a look has found: 'later' when
-- one came after the question, or tells that the ref has moved on; 'known' when one told of it.
-- Webhooks are walked once and refs looked up, however many of either there are.
CREATE VIEW fx_told_ref AS
SELECT
    s.pk_seen_ref,
    s.fk_reconcile,
    CASE
        WHEN MAX(c.pk_webhook_event > r.asked_as_of) OR MAX(c.before = s.found_sha) THEN 'later'
        WHEN MAX(c.commit_sha = s.found_sha) THEN 'known'
    END AS told
FROM tb_reconcile r
JOIN tb_fraise f ON f.pk_fraise = r.fk_fraise
CROSS JOIN tb_webhook_event w
CROSS JOIN fx_webhook_change c
CROSS JOIN tb_seen_ref s
WHERE w.pk_webhook_event > r.as_of
    AND c.pk_webhook_event = w.pk_webhook_event
    AND s.fk_reconcile = r.pk_reconcile
    AND s.ref_type = c.ref_type
    AND s.name = c.name
    AND s.found_sha IS NOT NULL
    AND (
        f.repository_key IS NULL
        OR EXISTS (
            SELECT 1
            FROM json_each(w.event, '$.repository_keys')
            WHERE value = f.repository_key
        )
    )
GROUP BY s.pk_seen_ref;

-- The webhook that a delivery repeats, if any. Nobody signs the id: the same body under another
-- one was recorded and sent again, unless it goes on from where the ref is now. OFFSET 0 has the
-- body looked up by its digest, whatever the planner thinks of a table that was small once.
CREATE FUNCTION fx_seen_webhook(
    p_provider text,
    p_hook text,
    p_delivery_id text,
    p_event jsonb
) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(
        (
            SELECT pk_webhook_event
            FROM tb_webhook_event
            WHERE provider = p_provider
              AND hook = p_hook
              AND delivery_id = p_delivery_id
        ),
        (
            SELECT w.pk_webhook_event
            FROM (
                SELECT *
                FROM tb_webhook_event
                WHERE event ->> 'payload_digest' = p_event ->> 'payload_digest'
                  AND fk_replayed_from IS NULL
                OFFSET 0
            ) w
            WHERE w.provider = p_provider
              AND w.provider <> 'custom'
              AND w.hook = p_hook
              AND p_event ->> 'before' IS DISTINCT FROM (
                  SELECT n.commit_sha
                  FROM tb_webhook_event n
                  WHERE n.provider = w.provider
                    AND n.hook = w.hook
                    AND COALESCE(n.repository, '') = COALESCE(w.repository, '')
                    AND COALESCE(n.branch, '') = COALESCE(w.branch, '')
                    AND COALESCE(n.tag, '') = COALESCE(w.tag, '')
                    AND n.fk_replayed_from IS NULL
                  ORDER BY n.pk_webhook_event DESC
                  LIMIT 1
              )
            ORDER BY w.pk_webhook_event DESC
            LIMIT 1
        )
    );
END
$$;

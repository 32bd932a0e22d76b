-- Makes the notification channels equal to those of a registry document. What waits for a channel
-- that is absent has failed: nobody knows any more where to send it.
CREATE FUNCTION fx_write_channels(p_registry jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tb_notification_channel (name, events, fraises, environments)
    SELECT c.name, c.events, c.fraises, c.environments
    FROM fx_registry_channel(p_registry) c
    ORDER BY c.ordinal
    ON CONFLICT (name) DO UPDATE SET
        events = excluded.events,
        fraises = excluded.fraises,
        environments = excluded.environments,
        updated_at = clock_timestamp(),
        removed_at = NULL;

    UPDATE tb_notification_channel t SET removed_at = clock_timestamp()
    WHERE t.removed_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM fx_registry_channel(p_registry) c WHERE c.name = t.name
      );

    UPDATE tb_notification n SET
        state = 'failed',
        error = 'The channel is no longer configured.',
        completed_at = clock_timestamp(),
        claimed_until = NULL
    FROM tb_notification_channel c
    WHERE c.pk_notification_channel = n.fk_channel
      AND c.removed_at IS NOT NULL
      AND n.state = 'pending';
END
$$;

-- Stores a webhook that was not seen before.
CREATE FUNCTION fx_store_webhook(
    p_command_id text,
    p_provider text,
    p_payload text,
    p_event jsonb,
    p_hook text,
    p_delivery_id text,
    p_actor text
) RETURNS tb_webhook_event
LANGUAGE plpgsql AS $$
DECLARE
    l_webhook tb_webhook_event;
BEGIN
    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha,
        sender, payload, processed, command_id, event
    )
    VALUES (
        p_provider, p_hook, p_delivery_id, p_event ->> 'event_type', p_event ->> 'native_event',
        p_event ->> 'repository', p_event ->> 'branch', p_event ->> 'tag',
        p_event ->> 'commit_sha', COALESCE(p_event ->> 'sender', p_actor), p_payload, TRUE,
        p_command_id, p_event
    )
    RETURNING * INTO l_webhook;
    RETURN l_webhook;
END
$$;

-- Takes a verified webhook and queues what it deploys. Contract: db/README.md.
CREATE FUNCTION fn_process_webhook(
    p_provider text DEFAULT NULL,
    p_payload text DEFAULT NULL,
    p_signature text DEFAULT NULL,
    p_event jsonb DEFAULT NULL,
    p_hook text DEFAULT NULL,
    p_delivery_id text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_provider text := lower(p_provider);
    l_hook text := COALESCE(p_hook, 'default');
    l_seen integer;
    l_webhook tb_webhook_event;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_process_webhook') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF COALESCE(l_provider, '')
        NOT IN ('github', 'gitlab', 'gitea', 'bitbucket', 'custom')
    THEN
        RETURN fx_refuse_argument(p_command_id, 'provider');
    END IF;
    IF COALESCE(p_delivery_id, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'delivery_id');
    END IF;
    IF NOT fx_event_is_sound(p_event) THEN
        RETURN fx_refuse_argument(p_command_id, 'event');
    END IF;
    l_seen := fx_seen_webhook(l_provider, l_hook, p_delivery_id, p_event);
    IF l_seen IS NOT NULL THEN
        RETURN fx_answer_again(p_command_id, l_seen);
    END IF;
    l_webhook := fx_store_webhook(
        p_command_id, l_provider, p_payload, p_event, l_hook, p_delivery_id, p_actor
    );
    PERFORM fx_route_webhook(p_command_id, l_webhook);
    RETURN fx_answer_webhook(p_command_id, l_webhook, '{"replayed": false}');
END
$$;

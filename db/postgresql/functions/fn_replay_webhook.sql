-- Routes a stored webhook again, as a new one. Contract: db/README.md.
CREATE FUNCTION fn_replay_webhook(
    p_webhook_id text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_webhook tb_webhook_event;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_replay_webhook') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    SELECT * INTO l_webhook FROM tb_webhook_event WHERE id = fx_uuid(p_webhook_id);
    IF l_webhook.pk_webhook_event IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-webhook',
            format('No webhook has the id "%s".', p_webhook_id)
        );
    END IF;
    l_webhook.event := fx_stored_event(l_webhook);
    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha,
        sender, payload, processed, command_id, event, fk_replayed_from, replayed_by
    )
    VALUES (
        l_webhook.provider, l_webhook.hook, 'replay-' || p_command_id,
        l_webhook.event ->> 'event_type', l_webhook.native_event, l_webhook.repository,
        l_webhook.branch, l_webhook.tag, l_webhook.commit_sha, l_webhook.sender, l_webhook.payload,
        TRUE, p_command_id, l_webhook.event,
        COALESCE(l_webhook.fk_replayed_from, l_webhook.pk_webhook_event), p_actor
    )
    RETURNING * INTO l_webhook;
    PERFORM fx_route_webhook(p_command_id, l_webhook);
    RETURN fx_answer_webhook(p_command_id, l_webhook, '{}');
END
$$;

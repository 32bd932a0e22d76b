-- Requests what a new webhook deploys, says in its row why nothing was, and logs it.
CREATE FUNCTION fx_route_webhook(
    p_command_id text,
    p_webhook tb_webhook_event
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    l_ignored_reason text := fx_request_targets(p_command_id, p_webhook);
BEGIN
    IF l_ignored_reason IS NOT NULL THEN
        UPDATE tb_webhook_event SET ignored_reason = l_ignored_reason
        WHERE pk_webhook_event = p_webhook.pk_webhook_event;
    END IF;
    PERFORM fx_write_event(
        'webhook.received', 'WebhookEvent', p_webhook.id, NULL, NULL,
        jsonb_build_object(
            'provider', p_webhook.provider,
            'event_type', p_webhook.event_type,
            'branch', p_webhook.branch,
            'commit_sha', p_webhook.commit_sha,
            'ignored_reason', l_ignored_reason
        ),
        p_command_id
    );
END
$$;

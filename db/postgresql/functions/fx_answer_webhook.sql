-- Answers a webhook from its row, as routing left it.
CREATE FUNCTION fx_answer_webhook(
    p_command_id text,
    p_webhook tb_webhook_event,
    p_metadata jsonb
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_data jsonb;
    l_ignored_reason text;
BEGIN
    SELECT data INTO l_data
    FROM v_recent_webhooks
    WHERE pk_webhook_event = p_webhook.pk_webhook_event;
    l_ignored_reason := l_data ->> 'ignored_reason';
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_ignored_reason IS NULL THEN 'accepted' ELSE 'ignored' END,
        CASE
            WHEN l_ignored_reason IS NULL
            THEN format('Deployments requested: %s.', jsonb_array_length(l_data -> 'deployments'))
            ELSE format('Nothing is deployed: %s.', l_ignored_reason)
        END,
        TRUE,
        'WebhookEvent',
        p_webhook.id,
        l_data,
        p_metadata => p_metadata,
        p_http_status => CASE WHEN l_ignored_reason IS NULL THEN 202 ELSE 200 END
    );
END
$$;

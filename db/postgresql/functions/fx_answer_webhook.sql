-- Answers a webhook from its row, as routing left it.
CREATE FUNCTION fx_answer_webhook(p_command_id text, p_metadata jsonb) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_webhook tb_webhook_event;
    l_accepted boolean;
BEGIN
    SELECT * INTO l_webhook FROM tb_webhook_event WHERE command_id = p_command_id;
    l_accepted := l_webhook.ignored_reason IS NULL;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_accepted THEN 'accepted' ELSE 'ignored' END,
        CASE
            WHEN l_accepted THEN format(
                'Deployments requested: %s.',
                (
                    SELECT count(*) FROM tb_deployment_request
                    WHERE fk_webhook_event = l_webhook.pk_webhook_event
                )
            )
            ELSE format('Nothing is deployed: %s.', l_webhook.ignored_reason)
        END,
        TRUE,
        'WebhookEvent',
        l_webhook.id,
        (SELECT data FROM v_recent_webhooks WHERE id = l_webhook.id),
        p_metadata => p_metadata,
        p_http_status => CASE WHEN l_accepted THEN 202 ELSE 200 END
    );
END
$$;

-- Answers a delivery from its row: the first time and every time that it comes again.
CREATE FUNCTION fx_answer_webhook(
    p_command_id text,
    p_provider text,
    p_hook text,
    p_delivery_id text
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_webhook tb_webhook_event;
    l_new boolean;
    l_requested jsonb;
BEGIN
    SELECT * INTO l_webhook
    FROM tb_webhook_event
    WHERE provider = p_provider
      AND hook = p_hook
      AND delivery_id = p_delivery_id;
    l_new := l_webhook.command_id = p_command_id;
    SELECT jsonb_agg(
        jsonb_build_object('type', 'Deployment', 'id', d.id) ORDER BY d.pk_deployment
    )
    INTO l_requested
    FROM tb_deployment_request q
    JOIN tb_deployment d ON d.fk_request = q.pk_deployment_request
    WHERE q.fk_webhook_event = l_webhook.pk_webhook_event;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_webhook.ignored_reason IS NULL THEN 'accepted' ELSE 'ignored' END,
        CASE
            WHEN l_webhook.ignored_reason IS NULL THEN format(
                'Deployments requested: %s.', COALESCE(jsonb_array_length(l_requested), 0)
            )
            ELSE format('Nothing is deployed: %s.', l_webhook.ignored_reason)
        END,
        l_new,
        'WebhookEvent',
        l_webhook.id,
        (SELECT data FROM v_recent_webhooks WHERE id = l_webhook.id),
        p_cascade => CASE
            WHEN l_new AND l_requested IS NOT NULL
            THEN jsonb_build_object('updated', l_requested)
        END,
        p_metadata => jsonb_build_object('replayed', NOT l_new),
        p_http_status => CASE WHEN l_webhook.ignored_reason IS NULL THEN 202 ELSE 200 END
    );
END
$$;

-- Puts an event of a deployment into the outbox, once for each channel that wants it.
CREATE FUNCTION fx_write_notifications(
    p_event bigint,
    p_event_type text,
    p_deployment_id uuid
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_kind text;
BEGIN
    SELECT * INTO l_deployment FROM tb_deployment WHERE id = p_deployment_id;
    l_kind := CASE
        WHEN p_event_type = 'deployment.started' THEN 'started'
        WHEN l_deployment.status = 'success' THEN 'succeeded'
        ELSE l_deployment.status
    END;
    INSERT INTO tb_notification (fk_event, fk_channel, fk_deployment, kind)
    SELECT p_event, c.pk_notification_channel, l_deployment.pk_deployment, l_kind
    FROM tb_notification_channel c
    WHERE c.removed_at IS NULL
      AND c.events ? l_kind
      AND COALESCE(c.fraises ? l_deployment.fraise, TRUE)
      AND COALESCE(c.environments ? l_deployment.environment, TRUE)
    ORDER BY c.pk_notification_channel;
END
$$;

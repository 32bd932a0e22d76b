-- Says how sending a notification went. Contract: db/README.md.
CREATE FUNCTION fn_complete_notification(
    p_notification_id text DEFAULT NULL,
    p_claim integer DEFAULT NULL,
    p_succeeded boolean DEFAULT NULL,
    p_error text DEFAULT NULL,
    p_retry_seconds integer DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_notification tb_notification;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_complete_notification') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    SELECT * INTO l_notification
    FROM tb_notification
    WHERE id = fx_uuid(p_notification_id)
    FOR UPDATE;
    IF l_notification.pk_notification IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-notification',
            format('No notification has the id "%s".', p_notification_id)
        );
    END IF;
    IF l_notification.claim IS DISTINCT FROM p_claim
       OR l_notification.claimed_until IS NULL
    THEN
        RETURN fx_refuse(
            p_command_id, 'lease-lost', 'The notification is no longer this worker''s.'
        );
    END IF;
    IF p_succeeded IS NULL THEN
        RETURN fx_refuse_argument(p_command_id, 'succeeded');
    END IF;
    IF p_succeeded THEN
        RETURN fx_deliver_notification(p_command_id, l_notification);
    END IF;
    IF COALESCE(p_retry_seconds, -1) NOT BETWEEN 0 AND 86400 THEN
        RETURN fx_refuse_argument(p_command_id, 'retry_seconds');
    END IF;
    RETURN fx_postpone_notification(p_command_id, l_notification, p_error, p_retry_seconds);
END
$$;

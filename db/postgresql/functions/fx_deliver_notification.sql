-- A notification has arrived: it is done, and the open command says so.
CREATE FUNCTION fx_deliver_notification(
    p_command_id text,
    p_notification tb_notification
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tb_notification SET
        state = 'delivered',
        completed_at = clock_timestamp(),
        claimed_until = NULL
    WHERE pk_notification = p_notification.pk_notification;
    RETURN fx_answer_notification(
        p_command_id, p_notification, 'delivered', 'The notification of %s is delivered.',
        '{state,completed_at}'
    );
END
$$;

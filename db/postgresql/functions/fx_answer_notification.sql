-- Answers an open command with a notification as it is now; the message names its channel.
CREATE FUNCTION fx_answer_notification(
    p_command_id text,
    p_notification tb_notification,
    p_outcome text,
    p_message text,
    p_updated_fields text[]
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_shown record;
BEGIN
    SELECT * INTO l_shown FROM v_notification WHERE id = p_notification.id;
    RETURN fx_answer(
        p_command_id, p_outcome, format(p_message, l_shown.channel), TRUE,
        'Notification', p_notification.id, l_shown.data, p_updated_fields
    );
END
$$;

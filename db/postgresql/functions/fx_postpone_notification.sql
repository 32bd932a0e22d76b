-- A notification could not be sent: it waits for another try, or it was the last one.
CREATE FUNCTION fx_postpone_notification(
    p_command_id text,
    p_notification tb_notification,
    p_error text,
    p_retry_seconds integer
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    IF p_notification.attempts >= 9 THEN
        UPDATE tb_notification SET
            state = 'failed',
            attempts = attempts + 1,
            error = p_error,
            completed_at = clock_timestamp(),
            claimed_until = NULL
        WHERE pk_notification = p_notification.pk_notification;
        RETURN fx_answer_notification(
            p_command_id, p_notification, 'given-up', 'The notification of %s is given up.',
            '{state,attempts,error,completed_at}'
        );
    END IF;
    UPDATE tb_notification SET
        attempts = attempts + 1,
        error = p_error,
        next_attempt_at = clock_timestamp() + make_interval(secs => p_retry_seconds),
        claimed_until = NULL
    WHERE pk_notification = p_notification.pk_notification;
    RETURN fx_answer_notification(
        p_command_id, p_notification, 'postponed', 'The notification of %s will be tried again.',
        '{attempts,error,next_attempt_at}'
    );
END
$$;

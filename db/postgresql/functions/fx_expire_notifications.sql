-- Gives notifications up that have waited too long to be news, but for those that are just being
-- sent; says how many. What another worker has locked is left to it.
CREATE FUNCTION fx_expire_notifications() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    l_expired integer;
BEGIN
    UPDATE tb_notification SET
        state = 'expired',
        completed_at = clock_timestamp(),
        claimed_until = NULL
    WHERE pk_notification IN (
        SELECT pk_notification
        FROM tb_notification
        WHERE state = 'pending'
          AND created_at <= clock_timestamp() - interval '24 hours'
          AND COALESCE(claimed_until <= clock_timestamp(), TRUE)
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS l_expired = ROW_COUNT;
    RETURN l_expired;
END
$$;

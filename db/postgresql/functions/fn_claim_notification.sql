-- Hands the oldest notification that is due to a worker. Contract: db/README.md.
-- What another transaction holds is passed over.
CREATE FUNCTION fn_claim_notification(
    p_worker text DEFAULT NULL,
    p_lease_seconds integer DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_expired integer;
    l_notification tb_notification;
    l_shown record;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_claim_notification') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF COALESCE(p_worker, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'worker');
    END IF;
    IF COALESCE(p_lease_seconds, 0) NOT BETWEEN 1 AND 3600 THEN
        RETURN fx_refuse_argument(p_command_id, 'lease_seconds');
    END IF;
    l_expired := fx_expire_notifications();
    SELECT * INTO l_notification
    FROM tb_notification
    WHERE state = 'pending'
      AND next_attempt_at <= clock_timestamp()
      AND COALESCE(claimed_until <= clock_timestamp(), TRUE)
    ORDER BY pk_notification
    LIMIT 1
    FOR UPDATE SKIP LOCKED;
    IF l_notification.pk_notification IS NULL THEN
        RETURN fx_answer(
            p_command_id,
            'nothing-to-claim',
            'No notification is due.',
            l_expired > 0,
            p_metadata => jsonb_build_object('expired', l_expired)
        );
    END IF;
    UPDATE tb_notification SET
        claim = claim + 1,
        worker = p_worker,
        claimed_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    WHERE pk_notification = l_notification.pk_notification
    RETURNING * INTO l_notification;
    SELECT * INTO l_shown FROM v_notification WHERE id = l_notification.id;
    RETURN fx_answer(
        p_command_id,
        'claimed',
        format('%s has claimed a notification of %s.', p_worker, l_shown.channel),
        TRUE,
        'Notification',
        l_notification.id,
        l_shown.data,
        p_metadata => jsonb_build_object(
            'claim', l_notification.claim,
            'claimed_until', fx_time(l_notification.claimed_until),
            'expired', l_expired
        )
    );
END
$$;

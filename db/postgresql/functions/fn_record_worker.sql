-- Records that an observer is there or gone. Contract: db/README.md.
CREATE FUNCTION fn_record_worker(
    p_worker text DEFAULT NULL,
    p_state text DEFAULT NULL,
    p_lease_seconds integer DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_id uuid;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_worker') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF COALESCE(p_worker, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'worker');
    END IF;
    IF COALESCE(p_state, '') NOT IN ('running', 'stopped') THEN
        RETURN fx_refuse_argument(p_command_id, 'state');
    END IF;
    IF p_state = 'running'
       AND COALESCE(p_lease_seconds, 0) NOT BETWEEN 1 AND 3600
    THEN
        RETURN fx_refuse_argument(p_command_id, 'lease_seconds');
    END IF;
    INSERT INTO tb_worker (worker, state, last_seen_at, expires_at)
    VALUES (
        p_worker, p_state, clock_timestamp(),
        clock_timestamp()
            + make_interval(secs => CASE p_state WHEN 'running' THEN p_lease_seconds ELSE 0 END)
    )
    ON CONFLICT (worker) DO UPDATE SET
        state = excluded.state,
        last_seen_at = excluded.last_seen_at,
        expires_at = excluded.expires_at
    RETURNING id INTO l_id;
    RETURN fx_answer(
        p_command_id,
        'recorded',
        format('The worker %s is %s.', p_worker, p_state),
        TRUE,
        'Worker',
        l_id
    );
END
$$;

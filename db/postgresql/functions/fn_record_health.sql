-- Records what a health check saw. Contract: db/README.md.
CREATE FUNCTION fn_record_health(
    p_fraise text DEFAULT NULL,
    p_environment text DEFAULT NULL,
    p_status text DEFAULT NULL,
    p_message text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_environment tb_environment;
    l_before text;
    l_changed boolean;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_health') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_environment := fx_lock_environment(p_fraise, p_environment);
    IF l_environment.pk_environment IS NULL THEN
        RETURN fx_refuse_target(p_command_id, p_fraise, p_environment);
    END IF;
    IF COALESCE(p_status, '') NOT IN ('healthy', 'degraded', 'down', 'unknown') THEN
        RETURN fx_refuse_argument(p_command_id, 'status');
    END IF;
    SELECT status INTO l_before
    FROM tb_fraise_state
    WHERE fk_environment = l_environment.pk_environment;
    l_changed := l_before <> p_status;
    IF l_changed THEN
        UPDATE tb_fraise_state SET
            status = p_status,
            status_message = p_message
        WHERE fk_environment = l_environment.pk_environment;
        PERFORM fx_write_event(
            'health.changed', 'Environment', l_environment.id, p_fraise, p_environment,
            jsonb_build_object('from', l_before, 'to', p_status, 'message', p_message),
            p_command_id
        );
    END IF;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_changed THEN 'changed' ELSE 'unchanged' END,
        format(
            CASE WHEN l_changed THEN '%s/%s is %s.' ELSE '%s/%s is still %s.' END,
            p_fraise, p_environment, p_status
        ),
        l_changed,
        'Environment',
        l_environment.id,
        (SELECT data FROM v_environment WHERE id = l_environment.id),
        CASE WHEN l_changed THEN '{status}'::text[] ELSE '{}' END
    );
END
$$;

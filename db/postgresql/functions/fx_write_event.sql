-- Appends to the event log and wakes who listens.
-- Readers resume by number, so numbers have to appear in the order in which
-- transactions commit: fx_open_command has taken the lock of the log.
CREATE FUNCTION fx_write_event(
    p_event_type text,
    p_entity_type text,
    p_entity_id uuid,
    p_fraise text,
    p_environment text,
    p_payload jsonb,
    p_command_id text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    l_number bigint;
BEGIN
    INSERT INTO tb_event (
        event_type, entity_type, entity_id, fraise, environment, payload, command_id
    )
    VALUES (
        p_event_type, p_entity_type, p_entity_id, p_fraise, p_environment, p_payload, p_command_id
    )
    RETURNING pk_event INTO l_number;
    IF p_event_type IN ('deployment.started', 'deployment.completed') THEN
        PERFORM fx_write_notifications(l_number, p_event_type, p_entity_id);
    END IF;
    PERFORM pg_notify('fraisier_event', l_number::text);
END
$$;

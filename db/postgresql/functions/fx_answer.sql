-- Stores the answer of an open command and returns it.
CREATE FUNCTION fx_answer(
    p_command_id text,
    p_status_detail text,
    p_message text,
    p_state_changed boolean DEFAULT FALSE,
    p_entity_type text DEFAULT NULL,
    p_entity_id uuid DEFAULT NULL,
    p_entity jsonb DEFAULT NULL,
    p_updated_fields text[] DEFAULT '{}',
    p_cascade jsonb DEFAULT NULL,
    p_metadata jsonb DEFAULT '{}',
    p_http_status integer DEFAULT 200
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tb_command SET
        status_detail = p_status_detail,
        message = p_message,
        state_changed = p_state_changed,
        http_status = p_http_status,
        entity_id = p_entity_id,
        entity_type = p_entity_type,
        entity = p_entity,
        updated_fields = p_updated_fields,
        cascade = p_cascade,
        metadata = p_metadata
    WHERE command_id = p_command_id;
    -- What fx_first_answer would read: no refusal comes this way.
    RETURN (
        TRUE, p_state_changed, NULL, p_status_detail, p_http_status, p_message, p_entity_id,
        p_entity_type, p_entity, p_updated_fields, p_cascade, NULL, p_metadata
    )::mutation_response;
END
$$;

-- The answer that a command was given.
CREATE FUNCTION fx_first_answer(p_command_id text) RETURNS mutation_response
LANGUAGE plpgsql STABLE AS $$
DECLARE
    l_answer mutation_response;
BEGIN
    SELECT succeeded, state_changed, error_class, status_detail, http_status, message, entity_id,
           entity_type, entity, updated_fields, cascade, error_detail, metadata
    INTO l_answer
    FROM v_mutation_response
    WHERE command_id = p_command_id;
    RETURN l_answer;
END
$$;

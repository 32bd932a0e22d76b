-- Refuses an open command: the code, its HTTP status and nothing else is stored.
CREATE FUNCTION fx_refuse(
    p_command_id text,
    p_code text,
    p_message text,
    p_argument text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tb_command SET
        status_detail = p_code,
        message = p_message,
        http_status = (SELECT http_status FROM v_error_code WHERE code = p_code),
        updated_fields = '{}',
        error_detail = jsonb_strip_nulls(
            jsonb_build_object('code', p_code, 'argument', p_argument)
        ),
        metadata = '{}'
    WHERE command_id = p_command_id;
    RETURN fx_first_answer(p_command_id);
END
$$;

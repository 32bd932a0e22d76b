-- Refuses an open command because of the value of one argument.
CREATE FUNCTION fx_refuse_argument(p_command_id text, p_argument text) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    RETURN fx_refuse(
        p_command_id,
        'invalid-argument',
        format('The argument "%s" has a value that is not allowed.', p_argument),
        p_argument
    );
END
$$;

-- Takes a command id. False when it was taken before: the answer is stored then.
-- Of two calls that race, the second waits here until the first one's transaction ends.
CREATE FUNCTION fx_open_command(p_command_id text, p_function_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tb_command (command_id, function_name, status_detail)
    VALUES (p_command_id, p_function_name, '')
    ON CONFLICT (command_id) DO NOTHING;
    RETURN FOUND;
END
$$;

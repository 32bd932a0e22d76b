-- Takes a command id. False when it was taken before: the answer is stored then.
-- Commands are carried out one after another: whoever writes takes the lock of the event log
-- first, before any row, and has it until its transaction ends. So the second of two calls that
-- race waits here, events are numbered in the order of commits, no two transactions wait for each
-- other, and several calls may share one.
CREATE FUNCTION fx_open_command(p_command_id text, p_function_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7166722);
    INSERT INTO tb_command (command_id, function_name, status_detail)
    VALUES (p_command_id, p_function_name, '')
    ON CONFLICT (command_id) DO NOTHING;
    RETURN FOUND;
END
$$;

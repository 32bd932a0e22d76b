-- Refuses an open command that would make the queue longer than it may be. NULL when there is room.
CREATE FUNCTION fx_refuse_full(
    p_command_id text,
    p_environment tb_environment
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT fx_is_full(p_environment) THEN
        RETURN NULL;
    END IF;
    RETURN fx_refuse(
        p_command_id,
        'queue-full',
        format(
            'The queue is full: %s deployments are waiting.',
            COALESCE((SELECT queue_limit FROM tb_registry), 1000)
        )
    );
END
$$;

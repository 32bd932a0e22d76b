-- Refuses an open command that would make the queue longer than it may be. NULL when there is
-- room, or when the request takes the place of one that waits for the same environment.
-- The lock that every command has (fx_open_command) makes the count exact.
CREATE FUNCTION fx_refuse_full(
    p_command_id text,
    p_environment tb_environment
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_limit integer := COALESCE((SELECT queue_limit FROM tb_registry), 1000);
BEGIN
    IF (SELECT count(*) FROM tb_deployment WHERE status = 'pending') < l_limit
       OR EXISTS (
           SELECT 1
           FROM tb_deployment
           WHERE fk_environment = p_environment.pk_environment
             AND status = 'pending'
       )
    THEN
        RETURN NULL;
    END IF;
    RETURN fx_refuse(
        p_command_id,
        'queue-full',
        format('The queue is full: %s deployments are waiting.', l_limit)
    );
END
$$;

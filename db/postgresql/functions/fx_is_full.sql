-- Whether a request would make the queue longer than it may be: there is no room, and it does not
-- take the place of one that waits for the same environment.
-- The lock that every command has (fx_open_command) makes the count exact.
CREATE FUNCTION fx_is_full(p_environment tb_environment) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM tb_deployment
        WHERE fk_environment = p_environment.pk_environment
          AND status = 'pending'
    ) THEN
        RETURN FALSE;
    END IF;
    RETURN (SELECT count(*) FROM tb_deployment WHERE status = 'pending')
        >= COALESCE((SELECT queue_limit FROM tb_registry), 1000);
END
$$;

-- Refuses a token whose arguments are not sound; all NULL when they are.
CREATE FUNCTION fx_refuse_token(
    p_command_id text,
    p_name text,
    p_digest text,
    p_scopes jsonb,
    p_expires_seconds integer
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    IF COALESCE(p_name, '') !~ '^[A-Za-z0-9._-]{1,64}$' THEN
        RETURN fx_refuse_argument(p_command_id, 'name');
    END IF;
    IF COALESCE(p_digest, '') !~ '^[0-9a-f]{64}$'
       OR EXISTS (SELECT 1 FROM tb_api_token WHERE digest = p_digest)
    THEN
        RETURN fx_refuse_argument(p_command_id, 'digest');
    END IF;
    IF NOT fx_scopes_are_sound(p_scopes) THEN
        RETURN fx_refuse_argument(p_command_id, 'scopes');
    END IF;
    IF COALESCE(p_expires_seconds, 1) NOT BETWEEN 1 AND 315360000 THEN
        RETURN fx_refuse_argument(p_command_id, 'expires_seconds');
    END IF;
    RETURN NULL;
END
$$;

-- Makes a token known by its digest. Contract: db/README.md.
CREATE FUNCTION fn_create_token(
    p_name text DEFAULT NULL,
    p_digest text DEFAULT NULL,
    p_scopes jsonb DEFAULT NULL,
    p_expires_seconds integer DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_refusal mutation_response;
    l_token tb_api_token;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_create_token') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_refusal := fx_refuse_token(p_command_id, p_name, p_digest, p_scopes, p_expires_seconds);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    INSERT INTO tb_api_token (name, digest, scopes, created_by, expires_at)
    VALUES (
        p_name, p_digest,
        (
            SELECT jsonb_agg(known.scope ORDER BY known.rank)
            FROM (VALUES ('read', 1), ('deploy', 2), ('admin', 3)) known (scope, rank)
            WHERE p_scopes ? known.scope
        ),
        p_actor,
        clock_timestamp() + make_interval(secs => p_expires_seconds)
    )
    ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING
    RETURNING * INTO l_token;
    IF l_token.id IS NULL THEN
        RETURN fx_refuse(
            p_command_id, 'token-exists', format('There is a token "%s" already.', p_name)
        );
    END IF;
    PERFORM fx_write_event(
        'token.created', 'ApiToken', l_token.id, NULL, NULL,
        jsonb_build_object(
            'name', p_name,
            'scopes', l_token.scopes,
            'expires_at', fx_time(l_token.expires_at),
            'actor', p_actor
        ),
        p_command_id
    );
    RETURN fx_answer(
        p_command_id,
        'created',
        format('The token "%s" is created.', p_name),
        TRUE,
        'ApiToken',
        l_token.id,
        (SELECT data FROM v_api_token WHERE id = l_token.id)
    );
END
$$;

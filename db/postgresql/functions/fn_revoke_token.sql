-- Ends a token for good. Contract: db/README.md.
CREATE FUNCTION fn_revoke_token(
    p_name text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_token tb_api_token;
    l_is_new boolean;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_revoke_token') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    SELECT * INTO l_token
    FROM tb_api_token
    WHERE name = p_name
    ORDER BY pk_api_token DESC
    LIMIT 1
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN fx_refuse(
            p_command_id, 'unknown-token', format('No token is called "%s".', COALESCE(p_name, ''))
        );
    END IF;
    l_is_new := l_token.revoked_at IS NULL;
    IF l_is_new THEN
        UPDATE tb_api_token SET revoked_at = clock_timestamp(), revoked_by = p_actor
        WHERE pk_api_token = l_token.pk_api_token;
        PERFORM fx_write_event(
            'token.revoked', 'ApiToken', l_token.id, NULL, NULL,
            jsonb_build_object('name', p_name, 'actor', p_actor), p_command_id
        );
    END IF;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_is_new THEN 'revoked' ELSE 'unchanged' END,
        format(
            CASE WHEN l_is_new THEN 'The token "%s" is revoked.'
                 ELSE 'The token "%s" was revoked before.' END,
            p_name
        ),
        l_is_new,
        'ApiToken',
        l_token.id,
        (SELECT data FROM v_api_token WHERE id = l_token.id),
        CASE WHEN l_is_new THEN '{state,revoked_at,revoked_by}'::text[] ELSE '{}' END
    );
END
$$;

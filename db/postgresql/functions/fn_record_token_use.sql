-- Says that a token was used, to ten minutes. Contract: db/README.md.
CREATE FUNCTION fn_record_token_use(
    p_token_id text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_token tb_api_token;
    l_is_due boolean;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_token_use') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    SELECT * INTO l_token FROM tb_api_token WHERE id = fx_uuid(p_token_id) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-token',
            format('No token has the id "%s".', COALESCE(p_token_id, ''))
        );
    END IF;
    l_is_due := COALESCE(l_token.last_used_at <= clock_timestamp() - interval '600 seconds', TRUE);
    IF l_is_due THEN
        UPDATE tb_api_token SET last_used_at = clock_timestamp()
        WHERE pk_api_token = l_token.pk_api_token;
    END IF;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_is_due THEN 'recorded' ELSE 'unchanged' END,
        format(
            CASE WHEN l_is_due THEN 'The use of the token "%s" is recorded.'
                 ELSE 'The use of the token "%s" is known.' END,
            l_token.name
        ),
        l_is_due,
        'ApiToken',
        l_token.id,
        NULL,
        CASE WHEN l_is_due THEN '{last_used_at}'::text[] ELSE '{}' END
    );
END
$$;

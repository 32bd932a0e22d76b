-- Tokens of the API, without their digests.
CREATE VIEW v_api_token AS
SELECT
    v.*,
    jsonb_build_object(
        'id', id,
        'name', name,
        'scopes', scopes,
        'state', state,
        'created_at', fx_time(created_at),
        'created_by', created_by,
        'expires_at', fx_time(expires_at),
        'revoked_at', fx_time(revoked_at),
        'revoked_by', revoked_by,
        'last_used_at', fx_time(last_used_at)
    ) AS data
FROM (
    SELECT
        pk_api_token,
        id,
        name,
        scopes,
        CASE
            WHEN revoked_at IS NOT NULL THEN 'revoked'
            WHEN expires_at <= clock_timestamp() THEN 'expired'
            ELSE 'active'
        END AS state,
        created_at,
        created_by,
        expires_at,
        revoked_at,
        revoked_by,
        last_used_at
    FROM tb_api_token
) v;

-- What a token that is valid now may do, by its digest. use_due: its use is to be recorded.
CREATE VIEW v_token_grant AS
SELECT
    id,
    digest,
    jsonb_build_object(
        'id', id,
        'name', name,
        'scopes', scopes,
        'use_due', COALESCE(last_used_at <= clock_timestamp() - interval '600 seconds', TRUE)
    ) AS data
FROM tb_api_token
WHERE revoked_at IS NULL
  AND COALESCE(expires_at > clock_timestamp(), TRUE);

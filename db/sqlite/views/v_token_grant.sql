-- What a token that is valid now may do, by its digest. use_due: its use is to be recorded.
CREATE VIEW v_token_grant AS
SELECT
    id,
    digest,
    json_object(
        'id', id,
        'name', name,
        'scopes', json(scopes),
        'use_due', json(CASE WHEN use_due THEN 'true' ELSE 'false' END)
    ) AS data
FROM (
    SELECT
        id,
        digest,
        name,
        scopes,
        COALESCE(last_used_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-600 seconds'), TRUE) AS use_due
    FROM tb_api_token
    WHERE revoked_at IS NULL
        AND COALESCE(expires_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), TRUE)
);

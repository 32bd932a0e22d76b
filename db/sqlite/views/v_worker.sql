-- Observers; alive are those that run and have said so lately.
CREATE VIEW v_worker AS
SELECT
    id,
    worker,
    alive,
    json_object(
        'worker', worker,
        'state', state,
        'last_seen_at', last_seen_at,
        'expires_at', expires_at,
        'alive', json(CASE WHEN alive THEN 'true' ELSE 'false' END)
    ) AS data
FROM (
    SELECT
        *,
        state = 'running' AND expires_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS alive
    FROM tb_worker
);

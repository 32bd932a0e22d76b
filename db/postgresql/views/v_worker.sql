-- Observers; alive are those that run and have said so lately.
CREATE VIEW v_worker AS
SELECT
    id,
    worker,
    alive,
    jsonb_build_object(
        'worker', worker,
        'state', state,
        'last_seen_at', fx_time(last_seen_at),
        'expires_at', fx_time(expires_at),
        'alive', alive
    ) AS data
FROM (
    SELECT *, state = 'running' AND expires_at > clock_timestamp() AS alive
    FROM tb_worker
) seen;

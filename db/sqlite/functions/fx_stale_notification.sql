-- Notifications that have waited too long to be news, but for those that are just being sent.
CREATE VIEW fx_stale_notification AS
SELECT pk_notification
FROM tb_notification
WHERE state = 'pending'
    AND created_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-24 hours')
    AND COALESCE(claimed_until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), TRUE);

-- The event of every webhook, which is made from the columns for those of older versions. It may
-- be of every repository of that owner and name; without a commit it can deploy nothing.
CREATE VIEW fx_stored_event AS
SELECT
    w.pk_webhook_event,
    COALESCE(
        w.event,
        json_object(
            'event_type', CASE
                WHEN w.event_type IN ('push', 'tag') AND w.commit_sha IS NULL THEN 'other'
                ELSE w.event_type
            END,
            'native_event', w.native_event,
            'branch', w.branch,
            'tag', w.tag,
            'commit_sha', w.commit_sha,
            'sender', w.sender,
            'repository', w.repository,
            'repository_keys', json((
                SELECT json_group_array(repository_key)
                FROM tb_fraise
                WHERE substr(repository_key, -length(w.repository) - 1) = '/' || lower(w.repository)
            ))
        )
    ) AS event
FROM tb_webhook_event w;

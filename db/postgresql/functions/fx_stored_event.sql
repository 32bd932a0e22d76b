-- The event of a webhook, made from its columns for those of older versions. It may be of every
-- repository of that owner and name; without a commit it can deploy nothing.
CREATE FUNCTION fx_stored_event(p_webhook tb_webhook_event) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        p_webhook.event,
        jsonb_build_object(
            'event_type', CASE
                WHEN p_webhook.event_type IN ('push', 'tag') AND p_webhook.commit_sha IS NULL
                THEN 'other'
                ELSE p_webhook.event_type
            END,
            'native_event', p_webhook.native_event,
            'branch', p_webhook.branch,
            'tag', p_webhook.tag,
            'commit_sha', p_webhook.commit_sha,
            'sender', p_webhook.sender,
            'repository', p_webhook.repository,
            'repository_keys', (
                SELECT COALESCE(jsonb_agg(repository_key), '[]')
                FROM tb_fraise
                WHERE right(repository_key, length(p_webhook.repository) + 1)
                    = '/' || lower(p_webhook.repository)
            )
        )
    )
$$;

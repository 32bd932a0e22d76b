-- Why a webhook deploys nothing; NULL when it has targets.
CREATE FUNCTION fx_ignored_reason(
    p_webhook tb_webhook_event,
    p_repository_keys jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE
        WHEN p_webhook.event_type = 'ping' THEN 'ping'
        WHEN p_webhook.event_type = 'delete' THEN 'branch-deleted'
        WHEN p_webhook.event_type = 'tag' THEN 'tag-not-mapped'
        WHEN p_webhook.event_type = 'other' THEN 'event-not-handled'
        WHEN NOT EXISTS (
            SELECT 1 FROM tb_branch_mapping WHERE branch = p_webhook.branch
        ) THEN 'branch-not-mapped'
        WHEN NOT EXISTS (
            SELECT 1 FROM fx_targets(p_webhook.branch, p_repository_keys)
        ) THEN 'other-repository'
    END;
END
$$;

-- Why a webhook without a target that nothing is in the way of deploys nothing.
CREATE FUNCTION fx_ignored_reason(p_webhook tb_webhook_event) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN p_webhook.event_type = 'ping' THEN 'ping'
        WHEN p_webhook.event_type = 'other' THEN 'event-not-handled'
        ELSE COALESCE(
            (SELECT max(obstacle COLLATE "C") FROM fx_targets(p_webhook)),
            (
                SELECT CASE
                    WHEN bool_or(event_type = 'push') THEN 'branch-not-mapped'
                    WHEN bool_or(event_type = 'tag') THEN 'tag-not-mapped'
                    ELSE 'branch-deleted'
                END
                FROM fx_changes(p_webhook.event)
            )
        )
    END;
END
$$;

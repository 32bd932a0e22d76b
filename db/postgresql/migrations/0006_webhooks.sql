-- Version 6: a body that comes again costs no walk through all webhooks.

-- The newest webhook of a branch or tag is looked up when a body comes again.
CREATE INDEX ix_webhook_event_ref ON tb_webhook_event (
    COALESCE(repository, ''), COALESCE(branch, ''), COALESCE(tag, ''), pk_webhook_event
)
    WHERE fk_replayed_from IS NULL;

INSERT INTO tb_schema_version (version, name) VALUES (6, 'webhooks');

-- Version 7: a push costs less.

-- Nobody looks for the command of a webhook or of a request, and tb_command has no command twice.
ALTER TABLE tb_webhook_event DROP CONSTRAINT tb_webhook_event_command_id_key;
ALTER TABLE tb_deployment_request DROP CONSTRAINT tb_deployment_request_command_id_key;

-- A body is looked up by its digest alone: with the forge before it, a plan that was made while
-- the table was small may go by the forge.
DROP INDEX ix_webhook_event_body;
CREATE INDEX ix_webhook_event_body ON tb_webhook_event ((event ->> 'payload_digest'))
    WHERE fk_replayed_from IS NULL;

INSERT INTO tb_schema_version (version, name) VALUES (7, 'pushes');

-- Version 7: a push costs less.

-- Nobody looks for the command of a webhook or of a request, and tb_command has no command twice.
ALTER TABLE tb_webhook_event DROP CONSTRAINT tb_webhook_event_command_id_key;
ALTER TABLE tb_deployment_request DROP CONSTRAINT tb_deployment_request_command_id_key;

INSERT INTO tb_schema_version (version, name) VALUES (7, 'pushes');

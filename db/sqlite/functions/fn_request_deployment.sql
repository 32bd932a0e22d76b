-- Queues a deployment. Contract: db/README.md.
CREATE VIEW fn_request_deployment (
    fraise, environment, dry_run, force, trigger_type, git_branch, git_commit, actor, webhook_id, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_request_deployment_call INSTEAD OF INSERT ON fn_request_deployment
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_request_deployment (
        fk_environment, fraise, environment, dry_run, force, trigger_type, git_branch, git_commit, actor,
        fk_webhook_event, command_id, function_name
    )
    VALUES (
        (
            SELECT e.pk_environment
            FROM tb_fraise f
            JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
            WHERE f.name = NEW.fraise
                AND f.removed_at IS NULL
                AND e.name = NEW.environment
                AND e.removed_at IS NULL
        ),
        NEW.fraise,
        NEW.environment,
        NEW.dry_run,
        NEW.force,
        NEW.trigger_type,
        NEW.git_branch,
        NEW.git_commit,
        NEW.actor,
        (SELECT pk_webhook_event FROM tb_webhook_event WHERE id = NEW.webhook_id),
        NEW.command_id,
        'fn_request_deployment'
    );
END;

-- Queues a deployment. Contract: db/README.md.
CREATE VIEW fn_request_deployment (
    fraise, environment, dry_run, force, trigger_type, git_branch, git_commit, actor, webhook_id, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_request_deployment_call INSTEAD OF INSERT ON fn_request_deployment
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_queue_deployment (
        command_id, function_name, decision, fk_environment, trigger_type, force, git_branch, git_commit, actor,
        webhook_id
    )
    SELECT
        NEW.command_id,
        'fn_request_deployment',
        CASE
            WHEN f.pk_fraise IS NULL
                THEN printf('refused:unknown-fraise:No fraise is called "%s".', NEW.fraise)
            WHEN e.pk_environment IS NULL
                THEN printf(
                    'refused:unknown-environment:The fraise "%s" has no environment "%s".', f.name, NEW.environment
                )
            WHEN NEW.trigger_type NOT IN ('webhook', 'manual', 'api', 'scheduled')
                THEN 'refused:invalid-argument:trigger_type'
            WHEN length(NEW.git_commit) NOT BETWEEN 4 AND 64
                THEN 'refused:invalid-argument:git_commit'
            WHEN NEW.git_commit GLOB '*[^0-9a-fA-F]*'
                THEN 'refused:invalid-argument:git_commit'
            WHEN NEW.trigger_type IN ('webhook', 'scheduled')
                AND NOT COALESCE(NEW.force, FALSE)
                AND lower(NEW.git_commit) = substr(s.held_commit, 1, length(NEW.git_commit))
                THEN printf(
                    'refused:deployment-held:A rollback left commit %s of %s/%s.', NEW.git_commit, f.name, e.name
                )
            WHEN q.waiting >= q.queue_limit
                AND NOT EXISTS (
                    SELECT 1
                    FROM tb_deployment
                    WHERE fk_environment = e.pk_environment
                        AND status = 'pending'
                )
                THEN printf('refused:queue-full:The queue is full: %d deployments are waiting.', q.queue_limit)
            WHEN NEW.dry_run
                THEN printf('dry-run:Dry run: %s/%s would be deployed.', f.name, e.name)
            ELSE printf('requested:A deployment of %s/%s is requested.', f.name, e.name)
        END,
        e.pk_environment,
        NEW.trigger_type,
        NEW.force,
        NEW.git_branch,
        NEW.git_commit,
        NEW.actor,
        NEW.webhook_id
    FROM fx_queue q
    LEFT JOIN tb_fraise f
        ON f.name = NEW.fraise
        AND f.removed_at IS NULL
    LEFT JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = NEW.environment
        AND e.removed_at IS NULL
    LEFT JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment;
END;

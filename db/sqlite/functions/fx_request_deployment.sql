-- Decides about a request for a deployment and carries it out. fk_environment is NULL when there is
-- no such environment. Without a function_name nobody asks for the answer, and only a refusal is kept.
CREATE VIEW fx_request_deployment (
    fk_environment, fraise, environment, dry_run, force, trigger_type, git_branch, git_commit, actor,
    fk_webhook_event, command_id, function_name
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

-- VALUES, and CASE in the place of IN: a SELECT and a list each cost a table for the time being.
CREATE TRIGGER fx_request_deployment_call INSTEAD OF INSERT ON fx_request_deployment
BEGIN
    INSERT INTO fx_queue_deployment (
        command_id, function_name, decision, fk_environment, fraise, environment, trigger_type, force, git_branch,
        git_commit, actor, fk_webhook_event
    )
    VALUES (
        NEW.command_id,
        NEW.function_name,
        CASE
            WHEN NEW.fk_environment IS NULL
                AND NOT EXISTS (SELECT 1 FROM tb_fraise WHERE name = NEW.fraise AND removed_at IS NULL)
                THEN printf('refused:unknown-fraise:No fraise is called "%s".', NEW.fraise)
            WHEN NEW.fk_environment IS NULL
                THEN printf(
                    'refused:unknown-environment:The fraise "%s" has no environment "%s".',
                    NEW.fraise, NEW.environment
                )
            WHEN CASE NEW.trigger_type
                WHEN 'webhook' THEN FALSE
                WHEN 'manual' THEN FALSE
                WHEN 'api' THEN FALSE
                WHEN 'scheduled' THEN FALSE
                ELSE NEW.trigger_type IS NOT NULL
            END
                THEN 'refused:invalid-argument:trigger_type'
            WHEN length(NEW.git_commit) NOT BETWEEN 4 AND 64
                THEN 'refused:invalid-argument:git_commit'
            WHEN NEW.git_commit GLOB '*[^0-9a-fA-F]*'
                THEN 'refused:invalid-argument:git_commit'
            WHEN NEW.trigger_type IN ('webhook', 'scheduled')
                AND NOT COALESCE(NEW.force, FALSE)
                AND lower(NEW.git_commit) = (
                    SELECT substr(held_commit, 1, length(NEW.git_commit))
                    FROM tb_fraise_state
                    WHERE fk_environment = NEW.fk_environment
                )
                THEN printf(
                    'refused:deployment-held:A rollback left commit %s of %s/%s.',
                    NEW.git_commit, NEW.fraise, NEW.environment
                )
            WHEN NOT EXISTS (
                SELECT 1
                FROM tb_deployment
                WHERE fk_environment = NEW.fk_environment
                    AND status = 'pending'
            )
                AND (SELECT waiting >= queue_limit FROM fx_queue)
                THEN printf(
                    'refused:queue-full:The queue is full: %d deployments are waiting.',
                    (SELECT queue_limit FROM fx_queue)
                )
            WHEN NEW.dry_run
                THEN printf('dry-run:Dry run: %s/%s would be deployed.', NEW.fraise, NEW.environment)
            ELSE printf('requested:A deployment of %s/%s is requested.', NEW.fraise, NEW.environment)
        END,
        NEW.fk_environment,
        NEW.fraise,
        NEW.environment,
        NEW.trigger_type,
        NEW.force,
        NEW.git_branch,
        NEW.git_commit,
        NEW.actor,
        NEW.fk_webhook_event
    );
END;

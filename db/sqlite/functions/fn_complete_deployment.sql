-- Ends a deployment. Contract: db/README.md.
CREATE VIEW fn_complete_deployment (
    deployment_id, fencing_token, status, health, error_code, error_message, details, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_complete_deployment_call INSTEAD OF INSERT ON fn_complete_deployment
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_complete_deployment',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN l.fencing_token IS NOT NEW.fencing_token
                OR l.released_at IS NOT NULL
                THEN printf('refused:lease-lost:Another worker has taken %s/%s over.', d.fraise, d.environment)
            WHEN COALESCE(NEW.status, '') NOT IN ('success', 'failed', 'rolled_back', 'cancelled')
                THEN 'refused:invalid-argument:status'
            WHEN NEW.health NOT IN ('healthy', 'degraded', 'down', 'unknown')
                THEN 'refused:invalid-argument:health'
            WHEN NEW.status IN ('failed', 'rolled_back')
                AND COALESCE(NEW.error_message, '') = ''
                THEN 'refused:invalid-argument:error_message'
            WHEN NEW.status = 'success'
                AND d.fk_release IS NULL
                THEN 'refused:invalid-argument:status'
            WHEN NEW.status = 'cancelled'
                AND d.cancel_requested_at IS NULL
                THEN 'refused:invalid-argument:status'
            ELSE printf('completed:The deployment of %s/%s has ended: %s.', d.fraise, d.environment, NEW.status)
        END,
        'Deployment',
        d.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id
    LEFT JOIN tb_lease l ON l.fk_deployment = d.pk_deployment;

    UPDATE tb_deployment
    SET
        status = NEW.status,
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        duration_seconds = ROUND((julianday('now') - julianday(started_at)) * 86400, 3),
        error_code = NEW.error_code,
        error_message = NEW.error_message,
        details = json(NEW.details)
    WHERE id = (SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id);

    UPDATE tb_deployment_request
    SET status = CASE NEW.status
        WHEN 'success' THEN 'completed'
        WHEN 'cancelled' THEN 'cancelled'
        ELSE 'failed'
    END
    WHERE pk_deployment_request = (
        SELECT d.fk_request
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_lease
    SET released_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE fk_deployment = (
        SELECT d.pk_deployment
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_deployment_step
    SET
        state = 'failed',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE state = 'started'
        AND fk_deployment = (
            SELECT d.pk_deployment
            FROM tb_command c
            JOIN tb_deployment d ON d.id = c.entity_id
            WHERE c.command_id = NEW.command_id
        );

    -- Success changes what is current; whatever was current is still in the state here.
    UPDATE tb_release
    SET retired_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE pk_release = (
        SELECT s.fk_current_release
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        JOIN tb_fraise_state s ON s.fk_environment = d.fk_environment
        WHERE c.command_id = NEW.command_id
            AND d.status = 'success'
            AND d.fk_release <> s.fk_current_release
    );

    UPDATE tb_release
    SET
        deployed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        retired_at = NULL
    WHERE pk_release = (
        SELECT d.fk_release
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        JOIN tb_fraise_state s ON s.fk_environment = d.fk_environment
        WHERE c.command_id = NEW.command_id
            AND d.status = 'success'
            AND d.fk_release IS NOT s.fk_current_release
    );

    UPDATE tb_fraise_state
    SET
        held_commit = CASE
            WHEN d.kind = 'rollback'
                AND d.fk_release = tb_fraise_state.fk_current_release
                THEN held_commit
            WHEN d.kind = 'rollback'
                THEN (SELECT git_commit FROM tb_release WHERE pk_release = tb_fraise_state.fk_current_release)
        END,
        current_version = d.new_version,
        fk_current_release = d.fk_release,
        last_deployed_at = d.completed_at,
        last_deployed_by = r.requested_by,
        target_provider = d.target_provider
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
    WHERE c.command_id = NEW.command_id
        AND tb_fraise_state.fk_environment = d.fk_environment
        AND d.status = 'success';

    UPDATE tb_fraise_state
    SET status = NEW.health
    WHERE NEW.health IS NOT NULL
        AND fk_environment = (
            SELECT d.fk_environment
            FROM tb_command c
            JOIN tb_deployment d ON d.id = c.entity_id
            WHERE c.command_id = NEW.command_id
        );

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.completed',
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object(
            'status', d.status,
            'error_code', d.error_code,
            'error_message', d.error_message,
            'duration_seconds', d.duration_seconds,
            'old_version', d.old_version,
            'new_version', d.new_version
        ),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    WHERE c.command_id = NEW.command_id;

    INSERT INTO fx_write_notifications (deployment_id)
    SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = json_array('status', 'completed_at', 'duration_seconds', 'error_code', 'error_message'),
        entity = (SELECT data FROM v_deployment WHERE id = entity_id)
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

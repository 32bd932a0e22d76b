-- Cancels a deployment, or asks its worker to. Contract: db/README.md.
CREATE VIEW fn_cancel_deployment (deployment_id, reason, actor, command_id) AS
SELECT NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_cancel_deployment_call INSTEAD OF INSERT ON fn_cancel_deployment
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_cancel_deployment',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN d.cutover_at IS NOT NULL
                THEN printf(
                    'refused:past-point-of-no-return:The new release of %s/%s is already being switched in.',
                    d.fraise, d.environment
                )
            WHEN d.status = 'pending'
                THEN printf('cancelled:The deployment of %s/%s is cancelled.', d.fraise, d.environment)
            ELSE printf('cancel-requested:The deployment of %s/%s will be cancelled.', d.fraise, d.environment)
        END,
        'Deployment',
        d.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id;

    -- Asking a second time changes nothing.
    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = CASE
            WHEN status_detail = 'cancelled' THEN json_array('status', 'completed_at')
            ELSE json_array('cancel_requested_at')
        END
    WHERE command_id = NEW.command_id
        AND (SELECT d.cancel_requested_at IS NULL FROM tb_deployment d WHERE d.id = entity_id);

    UPDATE tb_deployment
    SET
        status = 'cancelled',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        error_code = 'cancelled',
        error_message = NEW.reason
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'cancelled'
    );

    UPDATE tb_deployment_request
    SET status = 'cancelled'
    WHERE pk_deployment_request = (
        SELECT d.fk_request
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        WHERE c.command_id = NEW.command_id
            AND c.status_detail = 'cancelled'
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
    WHERE c.command_id = NEW.command_id
        AND c.status_detail = 'cancelled';

    INSERT INTO fx_write_notifications (deployment_id)
    SELECT entity_id
    FROM tb_command
    WHERE command_id = NEW.command_id
        AND status_detail = 'cancelled';

    UPDATE tb_deployment
    SET cancel_requested_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'cancel-requested'
            AND state_changed
    );

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.cancel_requested',
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object('reason', NEW.reason, 'actor', NEW.actor),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    WHERE c.command_id = NEW.command_id
        AND c.status_detail = 'cancel-requested'
        AND c.state_changed;

    UPDATE tb_command
    SET entity = (SELECT data FROM v_deployment WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

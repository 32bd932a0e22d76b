-- Ends deployments whose workers died once too often. Contract: db/README.md.
CREATE VIEW fn_reap_expired_leases (command_id) AS
SELECT NULL WHERE FALSE;

CREATE TRIGGER fn_reap_expired_leases_call INSTEAD OF INSERT ON fn_reap_expired_leases
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, metadata)
    SELECT
        NEW.command_id,
        'fn_reap_expired_leases',
        CASE
            WHEN COUNT(*) > 0 THEN printf('reaped:Deployments whose worker is lost: %d.', COUNT(*))
            ELSE 'nothing-to-reap:No worker is lost.'
        END,
        json_object('count', COUNT(*), 'lost', json_group_array(d.id))
    FROM tb_deployment d
    JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    WHERE d.status = 'in_progress'
        AND d.attempt >= 3
        AND l.expires_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now');

    UPDATE tb_command
    SET
        state_changed = TRUE,
        cascade = (
            SELECT json_object('updated', json_group_array(json_object('type', 'Deployment', 'id', value)))
            FROM json_each(metadata, '$.lost')
        )
    WHERE command_id = NEW.command_id
        AND status_detail = 'reaped';

    UPDATE tb_deployment
    SET
        status = 'failed',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        duration_seconds = ROUND((julianday('now') - julianday(started_at)) * 86400, 3),
        error_code = 'worker-lost',
        error_message = printf('The worker %s is lost.', worker)
    WHERE id IN (
        SELECT u.value
        FROM tb_command c
        JOIN json_each(c.metadata, '$.lost') u
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_deployment_request
    SET status = 'failed'
    WHERE pk_deployment_request IN (
        SELECT d.fk_request
        FROM tb_command c
        JOIN json_each(c.metadata, '$.lost') u
        JOIN tb_deployment d ON d.id = u.value
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_deployment_step
    SET
        state = 'failed',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE state = 'started'
        AND fk_deployment IN (
            SELECT d.pk_deployment
            FROM tb_command c
            JOIN json_each(c.metadata, '$.lost') u
            JOIN tb_deployment d ON d.id = u.value
            WHERE c.command_id = NEW.command_id
        );

    UPDATE tb_lease
    SET released_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE fk_deployment IN (
        SELECT d.pk_deployment
        FROM tb_command c
        JOIN json_each(c.metadata, '$.lost') u
        JOIN tb_deployment d ON d.id = u.value
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_fraise_state
    SET status = 'unknown'
    WHERE fk_environment IN (
        SELECT d.fk_environment
        FROM tb_command c
        JOIN json_each(c.metadata, '$.lost') u
        JOIN tb_deployment d ON d.id = u.value
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
    JOIN json_each(c.metadata, '$.lost') u
    JOIN tb_deployment d ON d.id = u.value
    WHERE c.command_id = NEW.command_id
    ORDER BY d.pk_deployment;

    INSERT INTO fx_write_notifications (deployment_id)
    SELECT u.value
    FROM tb_command c
    JOIN json_each(c.metadata, '$.lost') u
    WHERE c.command_id = NEW.command_id;

    UPDATE tb_command
    SET metadata = json_remove(metadata, '$.lost')
    WHERE command_id = NEW.command_id;
END;

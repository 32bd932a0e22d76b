-- Extends the lease of a worker. Contract: db/README.md.
CREATE VIEW fn_heartbeat (deployment_id, worker, fencing_token, lease_seconds, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_heartbeat_call INSTEAD OF INSERT ON fn_heartbeat
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_heartbeat',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN l.fencing_token IS NOT NEW.fencing_token
                OR l.owner IS NOT NEW.worker
                OR l.released_at IS NOT NULL
                THEN printf('refused:lease-lost:Another worker has taken %s/%s over.', d.fraise, d.environment)
            WHEN COALESCE(NEW.lease_seconds, 0) NOT BETWEEN 1 AND 3600
                THEN 'refused:invalid-argument:lease_seconds'
            ELSE printf('renewed:The lease of %s/%s is renewed.', d.fraise, d.environment)
        END,
        'Deployment',
        d.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id
    LEFT JOIN tb_lease l ON l.fk_deployment = d.pk_deployment;

    UPDATE tb_lease
    SET expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.lease_seconds))
    WHERE fk_deployment = (
        SELECT d.pk_deployment
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_command
    SET
        state_changed = TRUE,
        metadata = (
            SELECT json_object(
                'cancel_requested', json(CASE WHEN d.cancel_requested_at IS NULL THEN 'false' ELSE 'true' END),
                'lease_expires_at', l.expires_at
            )
            FROM tb_deployment d
            JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
            WHERE d.id = entity_id
        )
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

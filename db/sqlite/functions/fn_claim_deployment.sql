-- Hands the oldest claimable deployment to a worker. Contract: db/README.md.
CREATE VIEW fn_claim_deployment (worker, lease_seconds, deployment_id, command_id) AS
SELECT NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_claim_deployment_call INSTEAD OF INSERT ON fn_claim_deployment
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_claim_deployment',
        CASE
            WHEN COALESCE(NEW.worker, '') = ''
                THEN 'refused:invalid-argument:worker'
            WHEN COALESCE(NEW.lease_seconds, 0) NOT BETWEEN 1 AND 3600
                THEN 'refused:invalid-argument:lease_seconds'
            WHEN d.status = 'pending'
                THEN printf('claimed:%s has claimed %s/%s.', NEW.worker, d.fraise, d.environment)
            WHEN d.status = 'in_progress'
                THEN printf('taken-over:%s has taken %s/%s over.', NEW.worker, d.fraise, d.environment)
            WHEN NEW.deployment_id IS NULL
                THEN 'nothing-to-claim:No deployment is waiting.'
            WHEN EXISTS (SELECT 1 FROM tb_deployment WHERE id = NEW.deployment_id)
                THEN 'refused:not-claimable:The deployment is not waiting, or its environment is busy.'
            ELSE printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
        END,
        CASE WHEN d.id IS NOT NULL THEN 'Deployment' END,
        d.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.pk_deployment = (
        SELECT p.pk_deployment
        FROM tb_deployment p
        WHERE (
                NEW.deployment_id IS NULL
                OR p.id = NEW.deployment_id
            )
            AND (
                (
                    p.status = 'pending'
                    AND NOT EXISTS (
                        SELECT 1
                        FROM tb_deployment o
                        WHERE o.fk_environment = p.fk_environment
                            AND o.status = 'in_progress'
                    )
                )
                OR (
                    p.status = 'in_progress'
                    AND p.attempt < 3
                    AND EXISTS (
                        SELECT 1
                        FROM tb_lease l
                        WHERE l.fk_deployment = p.pk_deployment
                            AND l.expires_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
                    )
                )
            )
        ORDER BY p.pk_deployment
        LIMIT 1
    );

    INSERT INTO tb_lease (fk_environment, fk_deployment, fencing_token, owner, acquired_at, expires_at)
    SELECT
        d.fk_environment,
        d.pk_deployment,
        1,
        NEW.worker,
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.lease_seconds))
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    WHERE c.command_id = NEW.command_id
    ON CONFLICT (fk_environment) DO UPDATE SET
        fk_deployment = excluded.fk_deployment,
        fencing_token = tb_lease.fencing_token + 1,
        owner = excluded.owner,
        acquired_at = excluded.acquired_at,
        expires_at = excluded.expires_at,
        released_at = NULL;

    UPDATE tb_deployment_request
    SET status = 'processing'
    WHERE pk_deployment_request = (
        SELECT d.fk_request
        FROM tb_command c
        JOIN tb_deployment d ON d.id = c.entity_id
        WHERE c.command_id = NEW.command_id
    );

    -- old_version and started_at are the first claim's: a take-over keeps them.
    UPDATE tb_deployment
    SET
        status = 'in_progress',
        old_version = CASE
            WHEN started_at IS NULL
                THEN (
                    SELECT s.current_version
                    FROM tb_fraise_state s
                    WHERE s.fk_environment = tb_deployment.fk_environment
                )
            ELSE old_version
        END,
        started_at = COALESCE(started_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        attempt = attempt + 1,
        worker = NEW.worker
    WHERE id = (SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id);

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        CASE WHEN c.status_detail = 'claimed' THEN 'deployment.started' ELSE 'deployment.taken_over' END,
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object('worker', NEW.worker, 'attempt', d.attempt, 'fencing_token', l.fencing_token),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = c.entity_id
    JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    WHERE c.command_id = NEW.command_id;

    INSERT INTO fx_write_notifications (deployment_id)
    SELECT entity_id FROM tb_command WHERE command_id = NEW.command_id;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = CASE
            WHEN status_detail = 'claimed'
                THEN json_array('status', 'started_at', 'attempt', 'worker', 'old_version')
            ELSE json_array('attempt', 'worker')
        END,
        entity = (SELECT data FROM v_deployment WHERE id = entity_id),
        metadata = (
            SELECT json_object(
                'fencing_token', l.fencing_token,
                'lease_expires_at', l.expires_at,
                'attempt', d.attempt,
                'cancel_requested', json(CASE WHEN d.cancel_requested_at IS NULL THEN 'false' ELSE 'true' END),
                'deployment_kind', d.kind,
                'force', json(CASE WHEN r.force THEN 'true' ELSE 'false' END),
                'cutover_at', d.cutover_at,
                'current_release', json((SELECT data FROM v_release WHERE pk_release = s.fk_current_release)),
                'target_release', json((SELECT data FROM v_release WHERE pk_release = d.fk_release AND d.kind = 'rollback')),
                'steps', json((
                    SELECT json_group_array(json(data))
                    FROM (SELECT data FROM v_deployment_step WHERE deployment_id = d.id ORDER BY attempt, position)
                )),
                'automatic_rollback', json(CASE
                    WHEN EXISTS (
                        SELECT 1
                        FROM tb_release_migration m
                        WHERE m.fk_deployment = d.pk_deployment
                            AND NOT m.backward_compatible
                    )
                        THEN 'false'
                    ELSE 'true'
                END)
            )
            FROM tb_deployment d
            JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
            JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
            JOIN tb_fraise_state s ON s.fk_environment = d.fk_environment
            WHERE d.id = entity_id
        )
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

-- Records how a step of a deployment goes. Contract: db/README.md.
CREATE VIEW fn_record_step (deployment_id, fencing_token, step, state, progress, message, detail, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_step_call INSTEAD OF INSERT ON fn_record_step
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    -- The entity is the step; a step that is new gets its id below.
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id, metadata)
    SELECT
        NEW.command_id,
        'fn_record_step',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN l.fencing_token IS NOT NEW.fencing_token
                OR l.released_at IS NOT NULL
                THEN printf('refused:lease-lost:Another worker has taken %s/%s over.', d.fraise, d.environment)
            WHEN COALESCE(NEW.state, '') NOT IN ('started', 'succeeded', 'failed', 'skipped')
                THEN 'refused:invalid-argument:state'
            WHEN COALESCE(NEW.step, '') = ''
                THEN 'refused:invalid-argument:step'
            WHEN NEW.progress NOT BETWEEN 0 AND 100
                THEN 'refused:invalid-argument:progress'
            WHEN NEW.state = 'started'
                AND d.cancel_requested_at IS NOT NULL
                AND d.cutover_at IS NULL
                THEN 'refused:cancel-requested:Somebody asked to cancel the deployment.'
            WHEN NEW.state IN ('succeeded', 'failed')
                AND s.state IS NULL
                THEN printf('refused:step-not-started:The step "%s" has not started in this attempt.', NEW.step)
            WHEN s.state <> 'started'
                THEN printf('refused:step-finished:The step "%s" has already ended in this attempt.', NEW.step)
            ELSE printf('recorded:%s of %s/%s: %s.', NEW.step, d.fraise, d.environment, NEW.state)
        END,
        'DeploymentStep',
        s.id,
        json_object(
            'cancel_requested', json(CASE WHEN d.cancel_requested_at IS NULL THEN 'false' ELSE 'true' END)
        )
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id
    LEFT JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    LEFT JOIN tb_deployment_step s
        ON s.fk_deployment = d.pk_deployment
        AND s.attempt = d.attempt
        AND s.step = NEW.step;

    INSERT INTO tb_deployment_step (
        fk_deployment, attempt, step, state, progress, message, detail, completed_at
    )
    SELECT
        d.pk_deployment,
        d.attempt,
        NEW.step,
        NEW.state,
        COALESCE(NEW.progress, 0),
        NEW.message,
        json(NEW.detail),
        CASE WHEN NEW.state <> 'started' THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now') END
    FROM tb_deployment d
    WHERE d.id = NEW.deployment_id
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'recorded'
    ON CONFLICT (fk_deployment, attempt, step) DO UPDATE SET
        state = excluded.state,
        progress = COALESCE(NEW.progress, progress),
        message = COALESCE(NEW.message, message),
        detail = COALESCE(excluded.detail, detail),
        completed_at = excluded.completed_at;

    UPDATE tb_deployment
    SET cutover_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE id = NEW.deployment_id
        AND NEW.step = 'switch'
        AND NEW.state = 'started'
        AND cutover_at IS NULL
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'recorded';

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = CASE
            WHEN entity_id IS NULL THEN json_array()
            ELSE json_array('state', 'progress', 'message')
        END,
        entity_id = (
            SELECT s.id
            FROM tb_deployment d
            JOIN tb_deployment_step s
                ON s.fk_deployment = d.pk_deployment
                AND s.attempt = d.attempt
                AND s.step = NEW.step
            WHERE d.id = NEW.deployment_id
        )
    WHERE command_id = NEW.command_id
        AND status_detail = 'recorded';

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'deployment.step',
        'Deployment',
        d.id,
        d.fraise,
        d.environment,
        json_object(
            'step', s.step,
            'state', s.state,
            'progress', s.progress,
            'message', s.message,
            'attempt', s.attempt
        ),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment_step s ON s.id = c.entity_id
    JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
    WHERE c.command_id = NEW.command_id;

    UPDATE tb_command
    SET entity = (SELECT data FROM v_deployment_step WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

-- Records what a health check saw. Contract: db/README.md.
CREATE VIEW fn_record_health (fraise, environment, status, message, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_health_call INSTEAD OF INSERT ON fn_record_health
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_record_health',
        CASE
            WHEN f.pk_fraise IS NULL
                THEN printf('refused:unknown-fraise:No fraise is called "%s".', NEW.fraise)
            WHEN e.pk_environment IS NULL
                THEN printf(
                    'refused:unknown-environment:The fraise "%s" has no environment "%s".', f.name, NEW.environment
                )
            WHEN COALESCE(NEW.status, '') NOT IN ('healthy', 'degraded', 'down', 'unknown')
                THEN 'refused:invalid-argument:status'
            WHEN s.status = NEW.status
                THEN printf('unchanged:%s/%s is still %s.', f.name, e.name, NEW.status)
            ELSE printf('changed:%s/%s is %s.', f.name, e.name, NEW.status)
        END,
        'Environment',
        e.id
    FROM (SELECT 1)
    LEFT JOIN tb_fraise f
        ON f.name = NEW.fraise
        AND f.removed_at IS NULL
    LEFT JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = NEW.environment
        AND e.removed_at IS NULL
    LEFT JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment;

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'health.changed',
        'Environment',
        e.id,
        s.fraise,
        s.environment,
        json_object('from', s.status, 'to', NEW.status, 'message', NEW.message),
        NEW.command_id
    FROM tb_command c
    JOIN tb_environment e ON e.id = c.entity_id
    JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
    WHERE c.command_id = NEW.command_id
        AND c.status_detail = 'changed';

    UPDATE tb_fraise_state
    SET
        status = NEW.status,
        status_message = NEW.message
    WHERE fk_environment = (
        SELECT e.pk_environment
        FROM tb_command c
        JOIN tb_environment e ON e.id = c.entity_id
        WHERE c.command_id = NEW.command_id
            AND c.status_detail = 'changed'
    );

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = json_array('status')
    WHERE command_id = NEW.command_id
        AND status_detail = 'changed';

    UPDATE tb_command
    SET entity = (SELECT data FROM v_environment WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

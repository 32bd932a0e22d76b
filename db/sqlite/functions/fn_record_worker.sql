-- An observer says that it is there, or gone. Contract: db/README.md.
CREATE VIEW fn_record_worker (worker, state, lease_seconds, command_id) AS
SELECT NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_worker_call INSTEAD OF INSERT ON fn_record_worker
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type)
    VALUES (
        NEW.command_id,
        'fn_record_worker',
        CASE
            WHEN COALESCE(NEW.worker, '') = ''
                THEN 'refused:invalid-argument:worker'
            WHEN COALESCE(NEW.state, '') NOT IN ('running', 'stopped')
                THEN 'refused:invalid-argument:state'
            WHEN NEW.state = 'running'
                AND COALESCE(NEW.lease_seconds, 0) NOT BETWEEN 1 AND 3600
                THEN 'refused:invalid-argument:lease_seconds'
            ELSE printf('recorded:The worker %s is %s.', NEW.worker, NEW.state)
        END,
        'Worker'
    );

    INSERT INTO tb_worker (worker, state, last_seen_at, expires_at)
    SELECT
        NEW.worker,
        NEW.state,
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        CASE NEW.state
            WHEN 'running' THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.lease_seconds))
            ELSE strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
        END
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'recorded'
    ON CONFLICT (worker) DO UPDATE SET
        state = excluded.state,
        last_seen_at = excluded.last_seen_at,
        expires_at = excluded.expires_at;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity_id = (SELECT id FROM tb_worker WHERE worker = NEW.worker)
    WHERE command_id = NEW.command_id
        AND status_detail = 'recorded';
END;

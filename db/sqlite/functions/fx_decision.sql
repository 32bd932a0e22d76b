-- Stores what a function has decided, as the first thing it does. A decision is
-- 'OUTCOME:MESSAGE', 'refused:CODE:MESSAGE' or 'refused:invalid-argument:ARGUMENT'.
-- entity_id, kept unless refused, is what the statements after it act on.
CREATE VIEW fx_decision (command_id, function_name, decision, entity_type, entity_id, metadata) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_decision_call INSTEAD OF INSERT ON fx_decision
WHEN NEW.decision NOT LIKE 'refused:%'
BEGIN
    INSERT INTO tb_command (
        command_id, function_name, status_detail, message, entity_type, entity_id, updated_fields, metadata
    )
    VALUES (
        NEW.command_id,
        NEW.function_name,
        substr(NEW.decision, 1, instr(NEW.decision, ':') - 1),
        substr(NEW.decision, instr(NEW.decision, ':') + 1),
        NEW.entity_type,
        NEW.entity_id,
        '[]',
        COALESCE(NEW.metadata, '{}')
    );
END;

CREATE TRIGGER fx_decision_refuse INSTEAD OF INSERT ON fx_decision
WHEN NEW.decision LIKE 'refused:%'
BEGIN
    INSERT INTO tb_command (
        command_id, function_name, status_detail, message, updated_fields, error_detail, metadata
    )
    SELECT
        NEW.command_id,
        NEW.function_name,
        code,
        CASE
            WHEN code = 'invalid-argument'
                THEN printf('The argument "%s" has a value that is not allowed.', reason)
            ELSE reason
        END,
        '[]',
        CASE
            WHEN code = 'invalid-argument' THEN json_object('code', code, 'argument', reason)
            ELSE json_object('code', code)
        END,
        '{}'
    FROM (
        SELECT
            substr(refusal, 1, instr(refusal, ':') - 1) AS code,
            substr(refusal, instr(refusal, ':') + 1) AS reason
        FROM (SELECT substr(NEW.decision, 9) AS refusal)
    );
END;

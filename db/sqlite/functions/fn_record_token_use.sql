-- Says that a token was used, to ten minutes. Contract: db/README.md.
CREATE VIEW fn_record_token_use (token_id, command_id) AS
SELECT NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_token_use_call INSTEAD OF INSERT ON fn_record_token_use
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_record_token_use',
        CASE
            WHEN t.pk_api_token IS NULL
                THEN printf('refused:unknown-token:No token has the id "%s".', NEW.token_id)
            WHEN t.last_used_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-600 seconds')
                THEN printf('unchanged:The use of the token "%s" is known.', t.name)
            ELSE printf('recorded:The use of the token "%s" is recorded.', t.name)
        END,
        'ApiToken',
        t.id
    FROM (SELECT 1)
    LEFT JOIN tb_api_token t ON t.id = NEW.token_id;

    UPDATE tb_api_token
    SET last_used_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'recorded'
    );

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = json_array('last_used_at')
    WHERE command_id = NEW.command_id
        AND status_detail = 'recorded';
END;

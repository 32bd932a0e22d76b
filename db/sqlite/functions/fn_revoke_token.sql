-- Ends a token for good. Contract: db/README.md.
CREATE VIEW fn_revoke_token (name, actor, command_id) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_revoke_token_call INSTEAD OF INSERT ON fn_revoke_token
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_revoke_token',
        CASE
            WHEN t.pk_api_token IS NULL
                THEN printf('refused:unknown-token:No token is called "%s".', NEW.name)
            WHEN t.revoked_at IS NOT NULL
                THEN printf('unchanged:The token "%s" was revoked before.', t.name)
            ELSE printf('revoked:The token "%s" is revoked.', t.name)
        END,
        'ApiToken',
        t.id
    FROM (SELECT 1)
    LEFT JOIN tb_api_token t
        ON t.pk_api_token = (SELECT max(pk_api_token) FROM tb_api_token WHERE name = NEW.name);

    UPDATE tb_api_token
    SET
        revoked_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        revoked_by = NEW.actor
    WHERE id = (
        SELECT entity_id
        FROM tb_command
        WHERE command_id = NEW.command_id
            AND status_detail = 'revoked'
    );

    INSERT INTO tb_event (event_type, entity_type, entity_id, payload, command_id)
    SELECT
        'token.revoked',
        'ApiToken',
        entity_id,
        json_object('name', NEW.name, 'actor', NEW.actor),
        NEW.command_id
    FROM tb_command
    WHERE command_id = NEW.command_id
        AND status_detail = 'revoked';

    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = json_array('state', 'revoked_at', 'revoked_by')
    WHERE command_id = NEW.command_id
        AND status_detail = 'revoked';

    UPDATE tb_command
    SET entity = (SELECT data FROM v_api_token WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

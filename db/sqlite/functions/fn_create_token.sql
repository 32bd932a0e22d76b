-- Makes a token known by its digest. Contract: db/README.md.
CREATE VIEW fn_create_token (name, digest, scopes, expires_seconds, actor, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_create_token_call INSTEAD OF INSERT ON fn_create_token
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type)
    VALUES (
        NEW.command_id,
        'fn_create_token',
        CASE
            WHEN length(COALESCE(NEW.name, '')) NOT BETWEEN 1 AND 64
                OR NEW.name GLOB '*[^A-Za-z0-9._-]*'
                THEN 'refused:invalid-argument:name'
            WHEN length(COALESCE(NEW.digest, '')) <> 64
                OR NEW.digest GLOB '*[^0-9a-f]*'
                OR EXISTS (SELECT 1 FROM tb_api_token WHERE digest = NEW.digest)
                THEN 'refused:invalid-argument:digest'
            WHEN COALESCE(json_type(NEW.scopes), '') <> 'array'
                OR json_array_length(NEW.scopes) = 0
                OR json_array_length(NEW.scopes) <> (
                    SELECT COUNT(DISTINCT value)
                    FROM json_each(NEW.scopes)
                    WHERE value IN ('read', 'deploy', 'admin')
                )
                THEN 'refused:invalid-argument:scopes'
            WHEN COALESCE(NEW.expires_seconds, 1) NOT BETWEEN 1 AND 315360000
                THEN 'refused:invalid-argument:expires_seconds'
            WHEN EXISTS (SELECT 1 FROM tb_api_token WHERE name = NEW.name AND revoked_at IS NULL)
                THEN printf('refused:token-exists:There is a token "%s" already.', NEW.name)
            ELSE printf('created:The token "%s" is created.', NEW.name)
        END,
        'ApiToken'
    );

    INSERT INTO tb_api_token (name, digest, scopes, created_by, expires_at)
    SELECT
        NEW.name,
        NEW.digest,
        (
            SELECT json_group_array(value)
            FROM (
                SELECT known.value
                FROM json_each('["read","deploy","admin"]') known
                WHERE known.value IN (SELECT value FROM json_each(NEW.scopes))
                ORDER BY known.key
            )
        ),
        NEW.actor,
        CASE
            WHEN NEW.expires_seconds IS NOT NULL
                THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now', printf('+%d seconds', NEW.expires_seconds))
        END
    FROM tb_command
    WHERE command_id = NEW.command_id
        AND status_detail = 'created';

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity_id = (SELECT id FROM tb_api_token WHERE digest = NEW.digest)
    WHERE command_id = NEW.command_id
        AND status_detail = 'created';

    INSERT INTO tb_event (event_type, entity_type, entity_id, payload, command_id)
    SELECT
        'token.created',
        'ApiToken',
        t.id,
        json_object('name', t.name, 'scopes', json(t.scopes), 'expires_at', t.expires_at, 'actor', NEW.actor),
        NEW.command_id
    FROM tb_command c
    JOIN tb_api_token t ON t.id = c.entity_id
    WHERE c.command_id = NEW.command_id;

    UPDATE tb_command
    SET entity = (SELECT data FROM v_api_token WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

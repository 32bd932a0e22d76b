-- Routes a verified webhook to deployments. Contract: db/README.md.
CREATE VIEW fn_process_webhook (provider, payload, signature, event, hook, delivery_id, actor, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

-- VALUES, and CASE in the place of IN: a SELECT and a list each cost a table for the time being.
CREATE TRIGGER fn_process_webhook_call INSTEAD OF INSERT ON fn_process_webhook
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_take_webhook (
        command_id, refused_argument, fk_seen, provider, hook, delivery_id, actor, payload, event
    )
    VALUES (
        NEW.command_id,
        CASE
            WHEN CASE lower(NEW.provider)
                WHEN 'github' THEN FALSE
                WHEN 'gitlab' THEN FALSE
                WHEN 'gitea' THEN FALSE
                WHEN 'bitbucket' THEN FALSE
                WHEN 'custom' THEN FALSE
                ELSE TRUE
            END
                THEN 'provider'
            WHEN COALESCE(NEW.delivery_id, '') = ''
                THEN 'delivery_id'
            WHEN COALESCE(json_type(NEW.event, '$.changes'), 'null') NOT IN ('null', 'array')
                THEN 'event'
            WHEN EXISTS (
                SELECT 1
                FROM (
                    SELECT NEW.event AS told, TRUE AS whole
                    UNION ALL
                    SELECT CASE type WHEN 'object' THEN value ELSE '{}' END, FALSE
                    FROM json_each(NEW.event, '$.changes')
                    WHERE json_array_length(NEW.event, '$.changes') > 0
                )
                WHERE CASE json_extract(told, '$.event_type')
                    WHEN 'push'
                        THEN COALESCE(json_extract(told, '$.branch'), '') = ''
                            OR COALESCE(json_extract(told, '$.commit_sha'), '') = ''
                    WHEN 'tag'
                        THEN COALESCE(json_extract(told, '$.tag'), '') = ''
                            OR COALESCE(json_extract(told, '$.commit_sha'), '') = ''
                    WHEN 'delete' THEN FALSE
                    WHEN 'ping' THEN NOT whole
                    WHEN 'other' THEN NOT whole
                    ELSE TRUE
                END
            )
                THEN 'event'
        END,
        COALESCE(
            (
                SELECT pk_webhook_event
                FROM tb_webhook_event
                WHERE provider = lower(NEW.provider)
                    AND hook = COALESCE(NEW.hook, 'default')
                    AND delivery_id = NEW.delivery_id
            ),
            -- Nobody signs the id: the same body under another one was recorded and sent again,
            -- unless it goes on from where the ref is now.
            (
                SELECT pk_webhook_event
                FROM tb_webhook_event
                WHERE provider = lower(NEW.provider)
                    AND provider <> 'custom'
                    AND hook = COALESCE(NEW.hook, 'default')
                    AND json_extract(event, '$.payload_digest') = json_extract(NEW.event, '$.payload_digest')
                    AND fk_replayed_from IS NULL
                    AND json_extract(NEW.event, '$.before') IS NOT (
                        SELECT n.commit_sha
                        FROM tb_webhook_event n
                        WHERE n.provider = tb_webhook_event.provider
                            AND n.hook = tb_webhook_event.hook
                            AND n.repository IS tb_webhook_event.repository
                            AND n.branch IS tb_webhook_event.branch
                            AND n.tag IS tb_webhook_event.tag
                            AND n.fk_replayed_from IS NULL
                        ORDER BY n.pk_webhook_event DESC
                        LIMIT 1
                    )
                ORDER BY pk_webhook_event DESC
                LIMIT 1
            )
        ),
        lower(NEW.provider),
        COALESCE(NEW.hook, 'default'),
        NEW.delivery_id,
        NEW.actor,
        NEW.payload,
        NEW.event
    );
END;

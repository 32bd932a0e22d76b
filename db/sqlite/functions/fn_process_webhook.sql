-- Routes a verified webhook to deployments. Contract: db/README.md.
CREATE VIEW fn_process_webhook (provider, payload, signature, event, hook, delivery_id, actor, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_process_webhook_call INSTEAD OF INSERT ON fn_process_webhook
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_take_webhook (
        command_id, decision, fk_seen, provider, hook, delivery_id, actor, payload, event
    )
    SELECT
        NEW.command_id,
        CASE
            WHEN COALESCE(given.provider, '') NOT IN ('github', 'gitlab', 'gitea', 'bitbucket', 'custom')
                THEN 'refused:invalid-argument:provider'
            WHEN COALESCE(NEW.delivery_id, '') = ''
                THEN 'refused:invalid-argument:delivery_id'
            WHEN COALESCE(json_type(NEW.event, '$.changes'), 'null') NOT IN ('null', 'array')
                THEN 'refused:invalid-argument:event'
            WHEN EXISTS (
                SELECT 1
                FROM (
                    SELECT NEW.event AS told, TRUE AS whole
                    UNION ALL
                    SELECT CASE type WHEN 'object' THEN value ELSE '{}' END, FALSE
                    FROM json_each(NEW.event, '$.changes')
                    WHERE json_type(NEW.event, '$.changes') = 'array'
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
                THEN 'refused:invalid-argument:event'
            WHEN seen.pk_webhook_event IS NULL
                THEN 'new'
            ELSE 'seen'
        END,
        seen.pk_webhook_event,
        given.provider,
        given.hook,
        NEW.delivery_id,
        NEW.actor,
        NEW.payload,
        NEW.event
    FROM (SELECT lower(NEW.provider) AS provider, COALESCE(NEW.hook, 'default') AS hook) given
    LEFT JOIN tb_webhook_event seen ON seen.pk_webhook_event = COALESCE(
        (
            SELECT pk_webhook_event
            FROM tb_webhook_event
            WHERE provider = given.provider
                AND hook = given.hook
                AND delivery_id = NEW.delivery_id
        ),
        -- Nobody signs the id: the same body under another one was recorded and sent again,
        -- unless it goes on from where the ref is now.
        (
            SELECT pk_webhook_event
            FROM tb_webhook_event
            WHERE provider = given.provider
                AND provider <> 'custom'
                AND hook = given.hook
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
    );
END;

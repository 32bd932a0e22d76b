-- Routes a verified webhook to deployments. Contract: db/README.md.
CREATE VIEW fn_process_webhook (provider, payload, signature, event, hook, delivery_id, actor, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_process_webhook_call INSTEAD OF INSERT ON fn_process_webhook
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    -- What is new is 'received' until its targets have answered.
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id, metadata)
    SELECT
        NEW.command_id,
        'fn_process_webhook',
        CASE
            WHEN COALESCE(lower(NEW.provider), '') NOT IN ('github', 'gitlab', 'gitea', 'bitbucket', 'custom')
                THEN 'refused:invalid-argument:provider'
            WHEN COALESCE(NEW.delivery_id, '') = ''
                THEN 'refused:invalid-argument:delivery_id'
            WHEN COALESCE(json_type(NEW.event, '$.changes'), 'null') NOT IN ('null', 'array')
                THEN 'refused:invalid-argument:event'
            WHEN EXISTS (
                SELECT 1
                FROM (
                    SELECT '$' AS path
                    UNION ALL
                    SELECT fullkey
                    FROM json_each(NEW.event, '$.changes')
                    WHERE json_array_length(NEW.event, '$.changes') > 0
                )
                WHERE CASE json_extract(NEW.event, path || '.event_type')
                    WHEN 'push'
                        THEN COALESCE(json_extract(NEW.event, path || '.branch'), '') = ''
                            OR COALESCE(json_extract(NEW.event, path || '.commit_sha'), '') = ''
                    WHEN 'tag'
                        THEN COALESCE(json_extract(NEW.event, path || '.tag'), '') = ''
                            OR COALESCE(json_extract(NEW.event, path || '.commit_sha'), '') = ''
                    WHEN 'delete' THEN FALSE
                    WHEN 'ping' THEN path <> '$'
                    WHEN 'other' THEN path <> '$'
                    ELSE TRUE
                END
            )
                THEN 'refused:invalid-argument:event'
            WHEN w.pk_webhook_event IS NULL
                THEN 'received:'
            ELSE printf('%s:%s', first.status_detail, first.message)
        END,
        'WebhookEvent',
        w.id,
        json_object('replayed', json(CASE WHEN w.pk_webhook_event IS NULL THEN 'false' ELSE 'true' END))
    FROM (SELECT 1)
    LEFT JOIN tb_webhook_event w ON w.pk_webhook_event = COALESCE(
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
            ORDER BY pk_webhook_event
            LIMIT 1
        )
    )
    LEFT JOIN tb_command first ON first.command_id = w.command_id;

    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha, sender,
        payload, processed, command_id, event
    )
    SELECT
        lower(NEW.provider),
        COALESCE(NEW.hook, 'default'),
        NEW.delivery_id,
        json_extract(NEW.event, '$.event_type'),
        json_extract(NEW.event, '$.native_event'),
        json_extract(NEW.event, '$.repository'),
        json_extract(NEW.event, '$.branch'),
        json_extract(NEW.event, '$.tag'),
        json_extract(NEW.event, '$.commit_sha'),
        COALESCE(json_extract(NEW.event, '$.sender'), NEW.actor),
        NEW.payload,
        TRUE,
        NEW.command_id,
        NEW.event
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'received';

    INSERT INTO fx_route_webhook (command_id)
    SELECT command_id
    FROM tb_webhook_event
    WHERE command_id = NEW.command_id;

    -- A delivery that was seen before is answered like the first time.
    UPDATE tb_command
    SET
        http_status = first.http_status,
        entity = first.entity
    FROM tb_webhook_event w
    JOIN tb_command first ON first.command_id = w.command_id
    WHERE tb_command.command_id = NEW.command_id
        AND w.id = tb_command.entity_id
        AND w.command_id <> NEW.command_id;
END;

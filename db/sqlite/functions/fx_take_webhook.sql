-- Carries out what fn_process_webhook has found out: a webhook with a wrong argument is refused, one
-- that was seen before (fk_seen) is answered like the first time, any other is stored and routed.
CREATE VIEW fx_take_webhook (
    command_id, refused_argument, fk_seen, provider, hook, delivery_id, actor, payload, event
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_take_webhook_new INSTEAD OF INSERT ON fx_take_webhook
WHEN NEW.refused_argument IS NULL AND NEW.fk_seen IS NULL
BEGIN
    -- Its id is by chance alone: people name a webhook by the beginning of its id.
    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha, sender,
        payload, processed, command_id, event
    )
    VALUES (
        NEW.provider,
        NEW.hook,
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
    );

    INSERT INTO fx_route_webhook (command_id, function_name, fk_webhook_event, metadata)
    VALUES (NEW.command_id, 'fn_process_webhook', last_insert_rowid(), '{"replayed":false}');
END;

CREATE TRIGGER fx_take_webhook_seen INSTEAD OF INSERT ON fx_take_webhook
WHEN NEW.refused_argument IS NULL AND NEW.fk_seen IS NOT NULL
BEGIN
    INSERT INTO tb_command (
        command_id, function_name, status_detail, message, http_status, entity_type, entity_id, entity,
        updated_fields, metadata
    )
    SELECT
        NEW.command_id,
        'fn_process_webhook',
        COALESCE(first.status_detail, ''),
        COALESCE(first.message, ''),
        first.http_status,
        'WebhookEvent',
        w.id,
        first.entity,
        '[]',
        '{"replayed":true}'
    FROM tb_webhook_event w
    LEFT JOIN tb_command first ON first.command_id = w.command_id
    WHERE w.pk_webhook_event = NEW.fk_seen;
END;

CREATE TRIGGER fx_take_webhook_refused INSTEAD OF INSERT ON fx_take_webhook
WHEN NEW.refused_argument IS NOT NULL
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision)
    VALUES (NEW.command_id, 'fn_process_webhook', 'refused:invalid-argument:' || NEW.refused_argument);
END;

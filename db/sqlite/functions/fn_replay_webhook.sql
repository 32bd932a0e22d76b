-- Routes a stored webhook again, as a new one. Contract: db/README.md.
CREATE VIEW fn_replay_webhook (webhook_id, actor, command_id) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_replay_webhook_call INSTEAD OF INSERT ON fn_replay_webhook
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision)
    SELECT
        NEW.command_id,
        'fn_replay_webhook',
        printf('refused:unknown-webhook:No webhook has the id "%s".', NEW.webhook_id)
    WHERE NOT EXISTS (SELECT 1 FROM tb_webhook_event WHERE id = NEW.webhook_id);

    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha, sender,
        payload, processed, command_id, event, fk_replayed_from, replayed_by
    )
    SELECT
        w.provider,
        w.hook,
        'replay-' || NEW.command_id,
        json_extract(e.event, '$.event_type'),
        w.native_event,
        w.repository,
        w.branch,
        w.tag,
        w.commit_sha,
        w.sender,
        w.payload,
        TRUE,
        NEW.command_id,
        e.event,
        COALESCE(w.fk_replayed_from, w.pk_webhook_event),
        NEW.actor
    FROM tb_webhook_event w
    JOIN fx_stored_event e ON e.pk_webhook_event = w.pk_webhook_event
    WHERE w.id = NEW.webhook_id;

    -- The newest row is the one made above, if it was made: nobody else writes in this transaction.
    INSERT INTO fx_route_webhook (command_id, function_name, fk_webhook_event, metadata)
    SELECT command_id, 'fn_replay_webhook', pk_webhook_event, '{}'
    FROM tb_webhook_event
    WHERE pk_webhook_event = (SELECT MAX(pk_webhook_event) FROM tb_webhook_event)
        AND command_id = NEW.command_id;
END;

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
            WHEN COALESCE(json_extract(NEW.event, '$.event_type'), '')
                NOT IN ('push', 'tag', 'delete', 'ping', 'other')
                THEN 'refused:invalid-argument:event'
            WHEN json_extract(NEW.event, '$.event_type') = 'push'
                AND COALESCE(json_extract(NEW.event, '$.branch'), '') = ''
                THEN 'refused:invalid-argument:event'
            WHEN json_extract(NEW.event, '$.event_type') = 'push'
                AND COALESCE(json_extract(NEW.event, '$.commit_sha'), '') = ''
                THEN 'refused:invalid-argument:event'
            WHEN w.pk_webhook_event IS NULL
                THEN 'received:'
            ELSE printf('%s:%s', first.status_detail, first.message)
        END,
        'WebhookEvent',
        w.id,
        json_object('replayed', json(CASE WHEN w.pk_webhook_event IS NULL THEN 'false' ELSE 'true' END))
    FROM (SELECT 1)
    LEFT JOIN tb_webhook_event w
        ON w.provider = lower(NEW.provider)
        AND w.hook = COALESCE(NEW.hook, 'default')
        AND w.delivery_id = NEW.delivery_id
    LEFT JOIN tb_command first ON first.command_id = w.command_id;

    INSERT INTO tb_webhook_event (
        provider, hook, delivery_id, event_type, native_event, repository, branch, tag, commit_sha, sender,
        payload, processed, ignored_reason, command_id
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
        CASE json_extract(NEW.event, '$.event_type')
            WHEN 'ping' THEN 'ping'
            WHEN 'delete' THEN 'branch-deleted'
            WHEN 'tag' THEN 'tag-not-mapped'
            WHEN 'other' THEN 'event-not-handled'
            ELSE CASE
                WHEN NOT EXISTS (
                    SELECT 1
                    FROM tb_branch_mapping
                    WHERE branch = json_extract(NEW.event, '$.branch')
                )
                    THEN 'branch-not-mapped'
                WHEN NOT EXISTS (
                    SELECT 1
                    FROM tb_branch_mapping m
                    JOIN tb_environment e ON e.pk_environment = m.fk_environment
                    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
                    WHERE m.branch = json_extract(NEW.event, '$.branch')
                        AND (
                            f.repository_key IS NULL
                            OR f.repository_key IN (SELECT value FROM json_each(NEW.event, '$.repository_keys'))
                        )
                )
                    THEN 'other-repository'
            END
        END,
        NEW.command_id
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'received';

    INSERT INTO fn_request_deployment (
        fraise, environment, trigger_type, git_branch, git_commit, actor, webhook_id, command_id
    )
    SELECT
        f.name,
        e.name,
        'webhook',
        w.branch,
        w.commit_sha,
        w.sender,
        w.id,
        NEW.command_id || '/' || f.name || '/' || e.name
    FROM tb_webhook_event w
    JOIN tb_branch_mapping m ON m.branch = w.branch
    JOIN tb_environment e ON e.pk_environment = m.fk_environment
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE w.command_id = NEW.command_id
        AND w.ignored_reason IS NULL
        AND (
            f.repository_key IS NULL
            OR f.repository_key IN (SELECT value FROM json_each(NEW.event, '$.repository_keys'))
        )
    ORDER BY e.pk_environment;

    -- Commands of the targets begin with this one's and a slash; "0" comes after "/".
    UPDATE tb_webhook_event
    SET ignored_reason = CASE
        WHEN EXISTS (
            SELECT 1
            FROM tb_command
            WHERE command_id > NEW.command_id || '/'
                AND command_id < NEW.command_id || '0'
                AND status_detail = 'queue-full'
        )
            THEN 'queue-full'
        ELSE 'held'
    END
    WHERE command_id = NEW.command_id
        AND ignored_reason IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM tb_deployment_request r
            WHERE r.fk_webhook_event = tb_webhook_event.pk_webhook_event
        );

    INSERT INTO tb_event (event_type, entity_type, entity_id, payload, command_id)
    SELECT
        'webhook.received',
        'WebhookEvent',
        id,
        json_object(
            'provider', provider,
            'event_type', event_type,
            'branch', branch,
            'commit_sha', commit_sha,
            'ignored_reason', ignored_reason
        ),
        command_id
    FROM tb_webhook_event
    WHERE command_id = NEW.command_id;

    UPDATE tb_command
    SET
        status_detail = CASE WHEN w.ignored_reason IS NULL THEN 'accepted' ELSE 'ignored' END,
        message = CASE
            WHEN w.ignored_reason IS NULL
                THEN printf(
                    'Deployments requested: %d.',
                    (SELECT COUNT(*) FROM tb_deployment_request WHERE fk_webhook_event = w.pk_webhook_event)
                )
            ELSE printf('Nothing is deployed: %s.', w.ignored_reason)
        END,
        http_status = CASE WHEN w.ignored_reason IS NULL THEN 202 ELSE 200 END,
        state_changed = TRUE,
        entity_id = w.id,
        entity = (SELECT data FROM v_recent_webhooks WHERE id = w.id)
    FROM tb_webhook_event w
    WHERE tb_command.command_id = NEW.command_id
        AND w.command_id = NEW.command_id;

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

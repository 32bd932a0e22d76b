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
                AND length(COALESCE(json_extract(NEW.event, '$.commit_sha'), '')) NOT BETWEEN 7 AND 64
                THEN 'refused:invalid-argument:event'
            WHEN json_extract(NEW.event, '$.event_type') = 'push'
                AND json_extract(NEW.event, '$.commit_sha') GLOB '*[^0-9a-fA-F]*'
                THEN 'refused:invalid-argument:event'
            WHEN w.pk_webhook_event IS NULL
                THEN 'received:'
            WHEN w.ignored_reason IS NULL
                THEN 'accepted:'
            ELSE 'ignored:'
        END,
        'WebhookEvent',
        w.id,
        json_object('replayed', json(CASE WHEN w.pk_webhook_event IS NULL THEN 'false' ELSE 'true' END))
    FROM (SELECT 1)
    LEFT JOIN tb_webhook_event w
        ON w.provider = lower(NEW.provider)
        AND w.hook = COALESCE(NEW.hook, 'default')
        AND w.delivery_id = NEW.delivery_id;

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
        json_extract(NEW.event, '$.sender'),
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
    ORDER BY m.pk_branch_mapping;

    UPDATE tb_webhook_event
    SET ignored_reason = 'held'
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
        state_changed = TRUE,
        entity_id = w.id,
        cascade = (
            SELECT CASE
                WHEN COUNT(*) > 0
                    THEN json_object('updated', json_group_array(json_object('type', 'Deployment', 'id', id)))
            END
            FROM (
                SELECT d.id
                FROM tb_deployment_request r
                JOIN tb_deployment d ON d.fk_request = r.pk_deployment_request
                WHERE r.fk_webhook_event = w.pk_webhook_event
                ORDER BY d.pk_deployment
            )
        )
    FROM tb_webhook_event w
    WHERE tb_command.command_id = NEW.command_id
        AND w.command_id = NEW.command_id;

    UPDATE tb_command
    SET
        message = (
            SELECT CASE
                WHEN w.ignored_reason IS NOT NULL THEN printf('Nothing is deployed: %s.', w.ignored_reason)
                ELSE printf('Deployments requested: %d.', COUNT(r.pk_deployment_request))
            END
            FROM tb_webhook_event w
            LEFT JOIN tb_deployment_request r ON r.fk_webhook_event = w.pk_webhook_event
            WHERE w.id = entity_id
        ),
        http_status = CASE WHEN status_detail = 'accepted' THEN 202 ELSE 200 END,
        entity = (SELECT data FROM v_recent_webhooks WHERE id = entity_id)
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

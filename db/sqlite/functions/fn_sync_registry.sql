-- Makes the registry equal to fraises.yaml. Contract: db/README.md.
CREATE VIEW fn_sync_registry (registry, actor, command_id) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_sync_registry_call INSTEAD OF INSERT ON fn_sync_registry
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, metadata)
    SELECT
        NEW.command_id,
        'fn_sync_registry',
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.registry, '$.fraises') f
                WHERE COALESCE(json_extract(f.value, '$.type'), '')
                    NOT IN ('api', 'worker', 'etl', 'scheduled', 'backup', 'custom')
            )
                THEN 'refused:invalid-argument:registry'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.registry, '$.fraises') f
                JOIN json_each(f.value, '$.environments') e
                WHERE COALESCE(json_extract(e.value, '$.provider'), '') = ''
            )
                THEN 'refused:invalid-argument:registry'
            WHEN EXISTS (
                SELECT 1
                FROM (
                    SELECT value AS rule, json_extract(value, '$.branch') AS name
                    FROM json_each(NEW.registry, '$.branch_mapping')
                    WHERE key IS NOT NULL
                    UNION ALL
                    SELECT value AS rule, json_extract(value, '$.tag') AS name
                    FROM json_each(NEW.registry, '$.tag_mapping')
                    WHERE key IS NOT NULL
                )
                WHERE COALESCE(name, '') = ''
                    OR instr(name, '[') > 0
                    OR NOT EXISTS (
                        SELECT 1
                        FROM json_each(NEW.registry, '$.fraises') f
                        JOIN json_each(f.value, '$.environments') e
                        WHERE json_extract(f.value, '$.name') = json_extract(rule, '$.fraise')
                            AND json_extract(e.value, '$.name') = json_extract(rule, '$.environment')
                    )
            )
                THEN 'refused:invalid-argument:registry'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.registry, '$.fraises') f
                LEFT JOIN json_each(f.value, '$.environments') e
                WHERE COALESCE(json_type(f.value, '$.reconcile'), 'null') NOT IN ('null', 'true', 'false')
                    OR COALESCE(json_type(e.value, '$.paths'), 'null') NOT IN ('null', 'array')
            )
                THEN 'refused:invalid-argument:registry'
            WHEN COALESCE(json_type(NEW.registry, '$.settings.reconcile_seconds'), 'null') NOT IN ('null', 'integer')
                THEN 'refused:invalid-argument:registry'
            WHEN json_extract(NEW.registry, '$.settings.reconcile_seconds') NOT BETWEEN 1 AND 86400
                THEN 'refused:invalid-argument:registry'
            WHEN COALESCE(json_type(NEW.registry, '$.settings.queue_limit'), 'null') NOT IN ('null', 'integer')
                THEN 'refused:invalid-argument:registry'
            WHEN json_extract(NEW.registry, '$.settings.queue_limit') NOT BETWEEN 1 AND 100000
                THEN 'refused:invalid-argument:registry'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.registry, '$.notifications') n
                WHERE COALESCE(json_extract(n.value, '$.name'), '') = ''
                    OR json_array_length(n.value, '$.events') IS NOT (
                        SELECT COUNT(DISTINCT value)
                        FROM json_each(n.value, '$.events')
                        WHERE value IN ('started', 'succeeded', 'failed', 'rolled_back', 'cancelled')
                    )
                    OR json_array_length(n.value, '$.events') = 0
                    OR COALESCE(json_type(n.value, '$.fraises'), 'null') NOT IN ('null', 'array')
                    OR COALESCE(json_type(n.value, '$.environments'), 'null') NOT IN ('null', 'array')
            )
                THEN 'refused:invalid-argument:registry'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.registry, '$.notifications') n
                GROUP BY json_extract(n.value, '$.name')
                HAVING COUNT(*) > 1
            )
                THEN 'refused:invalid-argument:registry'
            WHEN json(NEW.registry) = (SELECT document FROM tb_registry)
                THEN 'unchanged:The registry is unchanged.'
            ELSE printf(
                'synced:The registry has %d fraises and %d environments.',
                json_extract(counts, '$.fraises'),
                json_extract(counts, '$.environments')
            )
        END,
        counts
    FROM (
        SELECT json_object(
            'fraises', (SELECT COUNT(*) FROM json_each(NEW.registry, '$.fraises')),
            'environments', (
                SELECT COUNT(*)
                FROM json_each(NEW.registry, '$.fraises') f
                JOIN json_each(f.value, '$.environments')
            )
        ) AS counts
    );

    INSERT INTO tb_fraise (name, type, description, git_provider, repository, repository_key, database, config, only_provider)
    SELECT
        json_extract(f.value, '$.name'),
        json_extract(f.value, '$.type'),
        json_extract(f.value, '$.description'),
        json_extract(f.value, '$.git_provider'),
        json_extract(f.value, '$.repository'),
        json_extract(f.value, '$.repository_key'),
        json_extract(f.value, '$.database'),
        COALESCE(json_extract(f.value, '$.config'), '{}'),
        json_extract(f.value, '$.only_provider')
    FROM json_each(NEW.registry, '$.fraises') f
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced'
    ON CONFLICT (name) DO UPDATE SET
        type = excluded.type,
        description = excluded.description,
        git_provider = excluded.git_provider,
        repository = excluded.repository,
        repository_key = excluded.repository_key,
        database = excluded.database,
        config = excluded.config,
        only_provider = excluded.only_provider,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        removed_at = NULL;

    INSERT INTO tb_environment (fk_fraise, name, target_provider, target_config, database, config, jobs, paths)
    SELECT
        r.pk_fraise,
        json_extract(e.value, '$.name'),
        json_extract(e.value, '$.provider'),
        COALESCE(json_extract(e.value, '$.target'), '{}'),
        json_extract(e.value, '$.database'),
        COALESCE(json_extract(e.value, '$.config'), '{}'),
        COALESCE(json_extract(e.value, '$.jobs'), '[]'),
        json_extract(e.value, '$.paths')
    FROM json_each(NEW.registry, '$.fraises') f
    JOIN json_each(f.value, '$.environments') e
    JOIN tb_fraise r ON r.name = json_extract(f.value, '$.name')
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced'
    ON CONFLICT (fk_fraise, name) DO UPDATE SET
        target_provider = excluded.target_provider,
        target_config = excluded.target_config,
        database = excluded.database,
        config = excluded.config,
        jobs = excluded.jobs,
        paths = excluded.paths,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        removed_at = NULL;

    UPDATE tb_environment
    SET removed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE removed_at IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM json_each(NEW.registry, '$.fraises') f
            JOIN json_each(f.value, '$.environments') e
            JOIN tb_fraise r ON r.name = json_extract(f.value, '$.name')
            WHERE r.pk_fraise = tb_environment.fk_fraise
                AND json_extract(e.value, '$.name') = tb_environment.name
        )
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    UPDATE tb_fraise
    SET removed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE removed_at IS NULL
        AND name NOT IN (SELECT json_extract(value, '$.name') FROM json_each(NEW.registry, '$.fraises'))
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
    SELECT e.pk_environment, f.name, e.name
    FROM tb_environment e
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE NOT EXISTS (SELECT 1 FROM tb_fraise_state s WHERE s.fk_environment = e.pk_environment)
    ORDER BY e.pk_environment;

    DELETE FROM tb_ref_rule
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    INSERT INTO tb_ref_rule (ref_type, name, fk_environment)
    SELECT DISTINCT m.ref_type, m.name, e.pk_environment
    FROM (
        SELECT 'branch' AS ref_type, json_extract(value, '$.branch') AS name, value AS rule
        FROM json_each(NEW.registry, '$.branch_mapping')
        UNION ALL
        SELECT 'tag' AS ref_type, json_extract(value, '$.tag') AS name, value AS rule
        FROM json_each(NEW.registry, '$.tag_mapping')
    ) m
    JOIN tb_fraise f ON f.name = json_extract(m.rule, '$.fraise')
    JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = json_extract(m.rule, '$.environment')
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    -- What is turned off is forgotten, so that a fraise begins anew when it is turned on again.
    DELETE FROM tb_seen_ref
    WHERE fk_reconcile IN (
            SELECT pk_reconcile
            FROM tb_reconcile
            WHERE fk_fraise NOT IN (
                SELECT r.pk_fraise
                FROM json_each(NEW.registry, '$.fraises') f
                JOIN tb_fraise r ON r.name = json_extract(f.value, '$.name')
                WHERE json_extract(f.value, '$.reconcile')
            )
        )
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    DELETE FROM tb_reconcile
    WHERE fk_fraise NOT IN (
            SELECT r.pk_fraise
            FROM json_each(NEW.registry, '$.fraises') f
            JOIN tb_fraise r ON r.name = json_extract(f.value, '$.name')
            WHERE json_extract(f.value, '$.reconcile')
        )
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    INSERT INTO tb_reconcile (fk_fraise, as_of)
    SELECT r.pk_fraise, COALESCE((SELECT MAX(pk_webhook_event) FROM tb_webhook_event), 0)
    FROM json_each(NEW.registry, '$.fraises') f
    JOIN tb_fraise r ON r.name = json_extract(f.value, '$.name')
    WHERE json_extract(f.value, '$.reconcile')
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced'
    ON CONFLICT (fk_fraise) DO NOTHING;

    INSERT INTO tb_notification_channel (name, events, fraises, environments)
    SELECT
        json_extract(n.value, '$.name'),
        json_extract(n.value, '$.events'),
        json_extract(n.value, '$.fraises'),
        json_extract(n.value, '$.environments')
    FROM json_each(NEW.registry, '$.notifications') n
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced'
    ON CONFLICT (name) DO UPDATE SET
        events = excluded.events,
        fraises = excluded.fraises,
        environments = excluded.environments,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        removed_at = NULL;

    UPDATE tb_notification_channel
    SET removed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE removed_at IS NULL
        AND name NOT IN (SELECT json_extract(value, '$.name') FROM json_each(NEW.registry, '$.notifications'))
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced';

    UPDATE tb_notification
    SET
        state = 'failed',
        error = 'The channel is no longer configured.',
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        claimed_until = NULL
    WHERE state = 'pending'
        AND fk_channel IN (
            SELECT pk_notification_channel
            FROM tb_notification_channel
            WHERE removed_at IS NOT NULL
        );

    INSERT INTO tb_registry (pk_registry, document, synced_at, queue_limit, reconcile_seconds)
    SELECT
        1,
        json(NEW.registry),
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        COALESCE(json_extract(NEW.registry, '$.settings.queue_limit'), 1000),
        COALESCE(json_extract(NEW.registry, '$.settings.reconcile_seconds'), 300)
    WHERE (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'synced'
    ON CONFLICT (pk_registry) DO UPDATE SET
        document = excluded.document,
        synced_at = excluded.synced_at,
        queue_limit = excluded.queue_limit,
        reconcile_seconds = excluded.reconcile_seconds;

    INSERT INTO tb_event (event_type, entity_type, payload, command_id)
    SELECT 'registry.synced', 'Registry', metadata, command_id
    FROM tb_command
    WHERE command_id = NEW.command_id
        AND status_detail = 'synced';

    UPDATE tb_command
    SET state_changed = TRUE
    WHERE command_id = NEW.command_id
        AND status_detail = 'synced';
END;

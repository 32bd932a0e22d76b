-- Takes in what a look at a repository has found, or why it failed. Contract: db/README.md.
CREATE VIEW fn_complete_reconcile (fraise, claim, refs, error, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_complete_reconcile_call INSTEAD OF INSERT ON fn_complete_reconcile
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, metadata)
    SELECT
        NEW.command_id,
        'fn_complete_reconcile',
        CASE
            WHEN f.pk_fraise IS NULL
                THEN printf('refused:unknown-fraise:No fraise is called "%s".', NEW.fraise)
            WHEN r.pk_reconcile IS NULL
                THEN printf('refused:lease-lost:The repository of %s is no longer this worker''s.', f.name)
            WHEN NEW.error <> ''
                THEN printf('postponed:The repository of %s could not be asked.', f.name)
            WHEN COALESCE(json_type(NEW.refs), '') <> 'array'
                THEN 'refused:invalid-argument:refs'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.refs)
                WHERE COALESCE(json_extract(NEW.refs, fullkey || '.ref_type'), '') NOT IN ('branch', 'tag')
                    OR COALESCE(json_extract(NEW.refs, fullkey || '.name'), '') = ''
                    OR COALESCE(length(json_extract(NEW.refs, fullkey || '.commit')), 0) NOT BETWEEN 4 AND 64
                    OR json_extract(NEW.refs, fullkey || '.commit') GLOB '*[^0-9a-fA-F]*'
            )
                THEN 'refused:invalid-argument:refs'
            WHEN EXISTS (
                SELECT 1
                FROM json_each(NEW.refs)
                GROUP BY json_extract(value, '$.ref_type'), json_extract(value, '$.name')
                HAVING COUNT(*) > 1
            )
                THEN 'refused:invalid-argument:refs'
            ELSE 'reconciled:'
        END,
        json_object('failures', r.failures + 1)
    FROM (SELECT 1)
    LEFT JOIN tb_fraise f
        ON f.name = NEW.fraise
        AND f.removed_at IS NULL
    LEFT JOIN tb_reconcile r
        ON r.fk_fraise = f.pk_fraise
        AND r.claim = NEW.claim
        AND r.claimed_until IS NOT NULL;

    INSERT INTO fx_look (command_id, pk_reconcile, refs)
    SELECT NEW.command_id, r.pk_reconcile, NEW.refs
    FROM tb_reconcile r
    JOIN tb_fraise f ON f.pk_fraise = r.fk_fraise
    WHERE f.name = NEW.fraise
        AND (SELECT status_detail FROM tb_command WHERE command_id = NEW.command_id) = 'reconciled';

    -- A tenth more or less, so that not all are asked at once; after failures ever less often.
    UPDATE tb_reconcile
    SET
        claimed_until = NULL,
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        failures = CASE WHEN c.status_detail = 'postponed' THEN failures + 1 ELSE 0 END,
        error = CASE WHEN c.status_detail = 'postponed' THEN NEW.error END,
        next_at = strftime(
            '%Y-%m-%dT%H:%M:%fZ',
            'now',
            printf(
                '+%.3f seconds',
                CASE
                    WHEN c.status_detail = 'postponed'
                        THEN MIN(g.reconcile_seconds << MIN(failures + 1, 12), MAX(g.reconcile_seconds, 3600))
                    ELSE g.reconcile_seconds
                END * (0.9 + (random() & 1023) / 5120.0)
            )
        )
    FROM tb_command c
    JOIN tb_registry g
    JOIN tb_fraise f
    WHERE c.command_id = NEW.command_id
        AND c.status_detail IN ('postponed', 'reconciled')
        AND f.name = NEW.fraise
        AND tb_reconcile.fk_fraise = f.pk_fraise;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        metadata = json_set(json_remove(metadata, '$.full'), '$.next_at', r.next_at)
    FROM tb_reconcile r
    JOIN tb_fraise f ON f.pk_fraise = r.fk_fraise
    WHERE tb_command.command_id = NEW.command_id
        AND f.name = NEW.fraise
        AND tb_command.status_detail IN ('postponed', 'reconciled');
END;

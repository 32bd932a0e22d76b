-- Takes in what a look at a repository has found: requests what should be deployed, remembers
-- the refs and answers the command. When the queue is full nothing is remembered, so that the
-- next look finds the same.
CREATE VIEW fx_look (command_id, pk_reconcile, refs) AS
SELECT NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_look_call INSTEAD OF INSERT ON fx_look
BEGIN
    INSERT INTO tb_seen_ref (fk_reconcile, ref_type, name, found_sha)
    SELECT
        NEW.pk_reconcile,
        json_extract(value, '$.ref_type'),
        json_extract(value, '$.name'),
        lower(json_extract(value, '$.commit'))
    FROM json_each(NEW.refs)
    WHERE TRUE
    ON CONFLICT (fk_reconcile, ref_type, name) DO UPDATE SET found_sha = excluded.found_sha;

    UPDATE tb_seen_ref
    SET told = t.told
    FROM fx_told_ref t
    WHERE t.pk_seen_ref = tb_seen_ref.pk_seen_ref
        AND t.fk_reconcile = NEW.pk_reconcile;

    -- Of several refs that reach an environment, the last by name, tags after branches.
    INSERT INTO fn_request_deployment (
        fraise, environment, trigger_type, git_branch, git_commit, actor, command_id
    )
    SELECT
        fraise,
        environment,
        'scheduled',
        CASE ref_type WHEN 'branch' THEN name END,
        found_sha,
        'reconcile',
        NEW.command_id || '/' || fraise || '/' || environment
    FROM (
        SELECT *, MAX(ref_type || ' ' || name)
        FROM fx_lost_push
        WHERE pk_reconcile = NEW.pk_reconcile
        GROUP BY pk_environment
    )
    ORDER BY pk_environment;

    -- Commands of the requests begin with this one's and a slash; "0" comes after "/".
    UPDATE tb_command
    SET
        message = printf('Deployments requested: %d.', made.requested),
        cascade = made.cascade,
        metadata = json_object(
            'requested', made.requested,
            'first_look', json(CASE WHEN r.rules IS r.asked_rules THEN 'false' ELSE 'true' END),
            'full', made.full
        )
    FROM tb_reconcile r,
        (
            SELECT
                COUNT(entity_id) AS requested,
                COALESCE(MAX(status_detail = 'queue-full'), FALSE) AS full,
                CASE
                    WHEN COUNT(entity_id) > 0 THEN json_object(
                        'updated',
                        json_group_array(json_object('type', entity_type, 'id', entity_id))
                            FILTER (WHERE entity_id IS NOT NULL)
                    )
                END AS cascade
            FROM (
                SELECT status_detail, entity_type, entity_id
                FROM tb_command
                WHERE command_id > NEW.command_id || '/'
                    AND command_id < NEW.command_id || '0'
                ORDER BY pk_command
            )
        ) made
    WHERE r.pk_reconcile = NEW.pk_reconcile
        AND tb_command.command_id = NEW.command_id;

    UPDATE tb_seen_ref
    SET
        commit_sha = found_sha,
        seen_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    WHERE fk_reconcile = NEW.pk_reconcile
        AND commit_sha IS NOT found_sha
        AND told IS NOT 'later'
        AND (SELECT NOT json_extract(metadata, '$.full') FROM tb_command WHERE command_id = NEW.command_id);

    DELETE FROM tb_seen_ref
    WHERE fk_reconcile = NEW.pk_reconcile
        AND commit_sha IS NULL;

    UPDATE tb_seen_ref
    SET
        found_sha = NULL,
        told = NULL
    WHERE fk_reconcile = NEW.pk_reconcile;

    UPDATE tb_reconcile
    SET
        rules = asked_rules,
        as_of = asked_as_of
    WHERE pk_reconcile = NEW.pk_reconcile
        AND (SELECT NOT json_extract(metadata, '$.full') FROM tb_command WHERE command_id = NEW.command_id);
END;

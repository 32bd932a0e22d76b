-- Queues a deployment of an older release. Contract: db/README.md.
CREATE VIEW fn_request_rollback (fraise, environment, to_version, trigger_type, actor, force, command_id) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_request_rollback_call INSTEAD OF INSERT ON fn_request_rollback
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_queue_deployment (
        command_id, function_name, decision, fk_environment, fraise, environment, trigger_type, force,
        git_commit, actor, fk_release, new_version
    )
    SELECT
        NEW.command_id,
        'fn_request_rollback',
        CASE
            WHEN f.pk_fraise IS NULL
                THEN printf('refused:unknown-fraise:No fraise is called "%s".', NEW.fraise)
            WHEN e.pk_environment IS NULL
                THEN printf(
                    'refused:unknown-environment:The fraise "%s" has no environment "%s".', f.name, NEW.environment
                )
            WHEN NEW.trigger_type NOT IN ('webhook', 'manual', 'api', 'scheduled')
                THEN 'refused:invalid-argument:trigger_type'
            WHEN t.pk_release = s.fk_current_release
                AND NOT COALESCE(NEW.force, FALSE)
                AND s.status IN ('down', 'unknown')
                THEN printf(
                    'refused:already-current:%s/%s is %s, and "%s" is its release already: force brings it back.',
                    f.name, e.name, s.status, NEW.to_version
                )
            WHEN t.pk_release = s.fk_current_release
                AND NOT COALESCE(NEW.force, FALSE)
                THEN printf('refused:already-current:%s/%s already serves "%s".', f.name, e.name, NEW.to_version)
            WHEN b.pk_release IS NOT NULL
                AND NOT COALESCE(NEW.force, FALSE)
                THEN printf(
                    'refused:migration-not-reversible:'
                        || 'Release %s of %s/%s changed the database in a way that %s may not run on.',
                    b.version, f.name, e.name, t.version
                )
            WHEN t.pk_release IS NOT NULL
                AND q.waiting >= q.queue_limit
                AND NOT EXISTS (
                    SELECT 1
                    FROM tb_deployment
                    WHERE fk_environment = e.pk_environment
                        AND status = 'pending'
                )
                THEN printf('refused:queue-full:The queue is full: %d deployments are waiting.', q.queue_limit)
            WHEN t.pk_release IS NOT NULL
                THEN printf('requested:A rollback of %s/%s to %s is requested.', f.name, e.name, t.version)
            WHEN NEW.to_version IS NOT NULL
                THEN printf(
                    'refused:unknown-version:No release of %s/%s has the version or commit "%s".',
                    f.name, e.name, NEW.to_version
                )
            ELSE printf('refused:no-earlier-release:%s/%s has no earlier release.', f.name, e.name)
        END,
        e.pk_environment,
        f.name,
        e.name,
        NEW.trigger_type,
        NEW.force,
        t.git_commit,
        NEW.actor,
        t.pk_release,
        t.version
    FROM fx_queue q
    LEFT JOIN tb_fraise f
        ON f.name = NEW.fraise
        AND f.removed_at IS NULL
    LEFT JOIN tb_environment e
        ON e.fk_fraise = f.pk_fraise
        AND e.name = NEW.environment
        AND e.removed_at IS NULL
    LEFT JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
    LEFT JOIN tb_release c ON c.pk_release = s.fk_current_release
    LEFT JOIN tb_release t ON t.pk_release = (
        SELECT r.pk_release
        FROM tb_release r
        WHERE r.fk_environment = e.pk_environment
            AND r.deployed_at IS NOT NULL
            AND CASE
                WHEN NEW.to_version IS NULL
                    THEN r.pk_release < c.pk_release
                    AND r.git_commit <> c.git_commit
                ELSE r.version = NEW.to_version
                    OR (
                        length(NEW.to_version) >= 7
                        AND substr(r.git_commit, 1, length(NEW.to_version)) = NEW.to_version
                    )
            END
        ORDER BY r.pk_release DESC
        LIMIT 1
    )
    LEFT JOIN tb_release b ON b.pk_release = (
        SELECT MAX(n.pk_release)
        FROM v_release n
        WHERE n.fraise = f.name
            AND n.environment = e.name
            AND n.pk_release > t.pk_release
            AND NOT n.backward_compatible
    );
END;

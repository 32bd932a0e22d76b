-- Says which commit and version a deployment is. Contract: db/README.md.
CREATE VIEW fn_record_release (
    deployment_id, fencing_token, version, git_commit, artifact_digest, config, migration_head, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_release_call INSTEAD OF INSERT ON fn_record_release
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_record_release',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN l.fencing_token IS NOT NEW.fencing_token
                OR l.released_at IS NOT NULL
                THEN printf('refused:lease-lost:Another worker has taken %s/%s over.', d.fraise, d.environment)
            WHEN COALESCE(NEW.version, '') = ''
                THEN 'refused:invalid-argument:version'
            WHEN length(COALESCE(NEW.git_commit, '')) NOT BETWEEN 7 AND 64
                THEN 'refused:invalid-argument:git_commit'
            WHEN NEW.git_commit GLOB '*[^0-9a-fA-F]*'
                THEN 'refused:invalid-argument:git_commit'
            WHEN d.kind = 'deploy'
                AND r.git_commit <> NEW.git_commit
                THEN 'refused:invalid-argument:git_commit'
            WHEN d.kind = 'deploy'
                AND r.deployment_id <> d.id
                THEN printf('unchanged:%s/%s already serves %s.', d.fraise, d.environment, NEW.git_commit)
            WHEN r.pk_release IS NULL
                AND NOT q.force
                AND s.status <> 'down'
                AND c.git_commit = NEW.git_commit
                THEN printf('unchanged:%s/%s already serves %s.', d.fraise, d.environment, NEW.git_commit)
            ELSE printf(
                'recorded:Release %s of %s/%s is recorded.', COALESCE(r.version, NEW.version), d.fraise, d.environment
            )
        END,
        'Release',
        r.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id
    LEFT JOIN tb_deployment_request q ON q.pk_deployment_request = d.fk_request
    LEFT JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    LEFT JOIN tb_fraise_state s ON s.fk_environment = d.fk_environment
    LEFT JOIN tb_release c ON c.pk_release = s.fk_current_release
    LEFT JOIN tb_release r ON r.pk_release = d.fk_release;

    INSERT INTO tb_release (
        fk_environment, deployment_id, version, git_commit, artifact_digest, config, migration_head
    )
    SELECT
        d.fk_environment,
        d.id,
        NEW.version,
        NEW.git_commit,
        NEW.artifact_digest,
        json(COALESCE(NEW.config, '{}')),
        NEW.migration_head
    FROM tb_command c
    JOIN tb_deployment d ON d.id = NEW.deployment_id
    WHERE c.command_id = NEW.command_id
        AND c.status_detail = 'recorded'
        AND c.entity_id IS NULL;

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'release.recorded',
        'Release',
        r.id,
        d.fraise,
        d.environment,
        json_object('version', r.version, 'git_commit', r.git_commit, 'deployment_id', d.id),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = NEW.deployment_id
    JOIN tb_release r ON r.deployment_id = d.id
    WHERE c.command_id = NEW.command_id
        AND c.status_detail = 'recorded'
        AND c.entity_id IS NULL;

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity_id = CASE
            WHEN status_detail = 'recorded'
                THEN (SELECT id FROM tb_release WHERE deployment_id = NEW.deployment_id)
            ELSE (
                SELECT r.id
                FROM tb_deployment d
                JOIN tb_fraise_state s ON s.fk_environment = d.fk_environment
                JOIN tb_release r ON r.pk_release = s.fk_current_release
                WHERE d.id = NEW.deployment_id
            )
        END
    WHERE command_id = NEW.command_id
        AND error_detail IS NULL
        AND entity_id IS NULL;

    UPDATE tb_deployment
    SET
        fk_release = r.pk_release,
        new_version = r.version,
        git_commit = r.git_commit
    FROM tb_command c
    JOIN tb_release r ON r.id = c.entity_id
    WHERE tb_deployment.id = NEW.deployment_id
        AND c.command_id = NEW.command_id
        AND c.state_changed;

    UPDATE tb_command
    SET entity = (SELECT data FROM v_release WHERE id = entity_id)
    WHERE command_id = NEW.command_id;
END;

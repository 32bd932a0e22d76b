-- Says to which schema a deployment brought the database of its fraise. Contract: db/README.md.
CREATE VIEW fn_record_migration (
    deployment_id, fencing_token, migration_head, backward_compatible, detail, command_id
) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_record_migration_call INSTEAD OF INSERT ON fn_record_migration
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_record_migration',
        CASE
            WHEN d.pk_deployment IS NULL
                THEN printf('refused:unknown-deployment:No deployment has the id "%s".', NEW.deployment_id)
            WHEN d.status NOT IN ('pending', 'in_progress')
                THEN printf('refused:deployment-finished:The deployment has already ended: %s.', d.status)
            WHEN l.fencing_token IS NOT NEW.fencing_token
                OR l.released_at IS NOT NULL
                THEN printf('refused:lease-lost:Another worker has taken %s/%s over.', d.fraise, d.environment)
            WHEN COALESCE(NEW.migration_head, '') = ''
                THEN 'refused:invalid-argument:migration_head'
            WHEN NEW.backward_compatible IS NULL
                THEN 'refused:invalid-argument:backward_compatible'
            WHEN r.pk_release IS NULL
                THEN 'refused:invalid-argument:deployment_id'
            ELSE printf('recorded:The database of %s/%s is at %s.', d.fraise, d.environment, NEW.migration_head)
        END,
        'Release',
        r.id
    FROM (SELECT 1)
    LEFT JOIN tb_deployment d ON d.id = NEW.deployment_id
    LEFT JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    LEFT JOIN tb_release r ON r.pk_release = d.fk_release;

    -- What the deployment has said before changes nothing.
    UPDATE tb_command
    SET
        state_changed = TRUE,
        updated_fields = CASE
            WHEN d.kind = 'deploy' THEN json_array('migration_head', 'backward_compatible', 'migrations')
            ELSE json_array('migrations')
        END
    FROM tb_deployment d
    WHERE d.id = NEW.deployment_id
        AND tb_command.command_id = NEW.command_id
        AND tb_command.entity_id IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM tb_release_migration m
            WHERE m.fk_deployment = d.pk_deployment
                AND m.migration_head = NEW.migration_head
                AND m.backward_compatible = NEW.backward_compatible
        );

    INSERT INTO tb_release_migration (
        fk_release, fk_deployment, migration_head, backward_compatible, detail
    )
    SELECT d.fk_release, d.pk_deployment, NEW.migration_head, NEW.backward_compatible, json(NEW.detail)
    FROM tb_command c
    JOIN tb_deployment d ON d.id = NEW.deployment_id
    WHERE c.command_id = NEW.command_id
        AND c.state_changed;

    UPDATE tb_release
    SET migration_head = NEW.migration_head
    WHERE pk_release = (
        SELECT d.fk_release
        FROM tb_command c
        JOIN tb_deployment d ON d.id = NEW.deployment_id
        WHERE c.command_id = NEW.command_id
            AND c.state_changed
            AND d.kind = 'deploy'
    );

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    SELECT
        'migration.recorded',
        'Release',
        c.entity_id,
        d.fraise,
        d.environment,
        json_object(
            'migration_head', NEW.migration_head,
            'backward_compatible', json(CASE WHEN NEW.backward_compatible THEN 'true' ELSE 'false' END),
            'deployment_id', d.id
        ),
        NEW.command_id
    FROM tb_command c
    JOIN tb_deployment d ON d.id = NEW.deployment_id
    WHERE c.command_id = NEW.command_id
        AND c.state_changed;

    UPDATE tb_command
    SET
        entity = (SELECT data FROM v_release WHERE id = entity_id),
        metadata = (
            SELECT json_object(
                'automatic_rollback', json(CASE WHEN COUNT(*) = 0 THEN 'true' ELSE 'false' END)
            )
            FROM tb_deployment d
            JOIN tb_release_migration m ON m.fk_deployment = d.pk_deployment
            WHERE d.id = NEW.deployment_id
                AND NOT m.backward_compatible
        )
    WHERE command_id = NEW.command_id
        AND entity_id IS NOT NULL;
END;

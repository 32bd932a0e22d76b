-- Adds what a deployment did to the database of its fraise to its release, and logs it.
-- The release that a rollback goes back to keeps the head that its own deployment gave it.
CREATE FUNCTION fx_write_migration(
    p_command_id text,
    p_deployment tb_deployment,
    p_release tb_release,
    p_migration_head text,
    p_backward_compatible boolean,
    p_detail jsonb
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tb_release_migration (
        fk_release, fk_deployment, migration_head, backward_compatible, detail
    )
    VALUES (
        p_release.pk_release, p_deployment.pk_deployment, p_migration_head, p_backward_compatible,
        p_detail
    );
    IF p_deployment.kind = 'deploy' THEN
        UPDATE tb_release SET migration_head = p_migration_head
        WHERE pk_release = p_release.pk_release;
    END IF;
    PERFORM fx_write_event(
        'migration.recorded', 'Release', p_release.id, p_deployment.fraise,
        p_deployment.environment,
        jsonb_build_object(
            'migration_head', p_migration_head,
            'backward_compatible', p_backward_compatible,
            'deployment_id', p_deployment.id
        ),
        p_command_id
    );
END
$$;

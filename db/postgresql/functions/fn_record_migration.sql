-- Says to which schema a deployment brought the database of its fraise. Contract: db/README.md.
CREATE FUNCTION fn_record_migration(
    p_deployment_id text DEFAULT NULL,
    p_fencing_token integer DEFAULT NULL,
    p_migration_head text DEFAULT NULL,
    p_backward_compatible boolean DEFAULT NULL,
    p_detail jsonb DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
    l_release tb_release;
    l_changed text[] := '{}';
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_migration') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_worker(p_command_id, p_deployment_id, l_deployment, p_fencing_token);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF COALESCE(p_migration_head, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'migration_head');
    END IF;
    IF p_backward_compatible IS NULL THEN
        RETURN fx_refuse_argument(p_command_id, 'backward_compatible');
    END IF;
    IF l_deployment.fk_release IS NULL THEN
        RETURN fx_refuse_argument(p_command_id, 'deployment_id');
    END IF;
    SELECT * INTO l_release FROM tb_release WHERE pk_release = l_deployment.fk_release;
    IF NOT EXISTS (
        SELECT 1
        FROM tb_release_migration
        WHERE fk_deployment = l_deployment.pk_deployment
          AND migration_head = p_migration_head
          AND backward_compatible = p_backward_compatible
    ) THEN
        l_changed := CASE l_deployment.kind
            WHEN 'deploy' THEN '{migration_head,backward_compatible,migrations}'::text[]
            ELSE '{migrations}'::text[]
        END;
        PERFORM fx_write_migration(
            p_command_id, l_deployment, l_release, p_migration_head, p_backward_compatible, p_detail
        );
    END IF;
    RETURN fx_answer(
        p_command_id,
        'recorded',
        format(
            'The database of %s/%s is at %s.',
            l_deployment.fraise, l_deployment.environment, p_migration_head
        ),
        l_changed <> '{}',
        'Release',
        l_release.id,
        (SELECT data FROM v_release WHERE pk_release = l_release.pk_release),
        l_changed,
        p_metadata => jsonb_build_object('automatic_rollback', fx_automatic_rollback(l_deployment))
    );
END
$$;

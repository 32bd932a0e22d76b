-- Makes the registry equal to fraises.yaml. Contract: db/README.md.
-- Syncs wait for each other; environments are locked before the event is written.
CREATE FUNCTION fn_sync_registry(
    p_registry jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_counts jsonb;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_sync_registry') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF NOT fx_registry_is_sound(p_registry) THEN
        RETURN fx_refuse_argument(p_command_id, 'registry');
    END IF;
    l_counts := jsonb_build_object(
        'fraises', (SELECT count(*) FROM fx_registry_fraise(p_registry)),
        'environments', (SELECT count(*) FROM fx_registry_environment(p_registry))
    );
    LOCK TABLE tb_registry IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM tb_registry WHERE document = p_registry) THEN
        RETURN fx_answer(
            p_command_id, 'unchanged', 'The registry is unchanged.', p_metadata => l_counts
        );
    END IF;
    PERFORM 1 FROM tb_environment ORDER BY pk_environment FOR NO KEY UPDATE;
    PERFORM fx_write_registry(p_registry);
    PERFORM fx_write_rules(p_registry);
    PERFORM fx_write_reconciles(p_registry);
    PERFORM fx_write_channels(p_registry);
    INSERT INTO tb_registry (pk_registry, document, synced_at, queue_limit, reconcile_seconds)
    VALUES (
        1, p_registry, clock_timestamp(), fx_setting(p_registry, 'queue_limit', 1000),
        fx_setting(p_registry, 'reconcile_seconds', 300)
    )
    ON CONFLICT (pk_registry) DO UPDATE SET
        document = excluded.document,
        synced_at = excluded.synced_at,
        queue_limit = excluded.queue_limit,
        reconcile_seconds = excluded.reconcile_seconds;
    PERFORM fx_write_event(
        'registry.synced', 'Registry', NULL, NULL, NULL, l_counts, p_command_id
    );
    RETURN fx_answer(
        p_command_id,
        'synced',
        format(
            'The registry has %s fraises and %s environments.',
            l_counts ->> 'fraises', l_counts ->> 'environments'
        ),
        TRUE,
        p_metadata => l_counts
    );
END
$$;

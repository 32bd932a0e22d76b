-- Ends what lost its worker for good. Contract: db/README.md.
-- All environments are locked before the first event is written, and what is there to reap
-- is asked again under the locks: another worker may just have reaped it.
CREATE FUNCTION fn_reap_expired_leases(
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_reaped jsonb := '[]';
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_reap_expired_leases') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    PERFORM 1
    FROM tb_environment
    WHERE pk_environment IN (SELECT fk_environment FROM fx_expired())
    ORDER BY pk_environment
    FOR NO KEY UPDATE;
    FOR l_deployment IN SELECT * FROM fx_expired() ORDER BY pk_deployment LOOP
        UPDATE tb_fraise_state SET status = 'unknown'
        WHERE fk_environment = l_deployment.fk_environment;
        PERFORM fx_end_deployment(
            p_command_id, l_deployment, 'failed', 'worker-lost',
            format('The worker %s is lost.', l_deployment.worker), NULL
        );
        l_reaped := l_reaped || jsonb_build_object('type', 'Deployment', 'id', l_deployment.id);
    END LOOP;
    IF l_reaped = '[]' THEN
        RETURN fx_answer(
            p_command_id, 'nothing-to-reap', 'No worker is lost.', p_metadata => '{"count": 0}'
        );
    END IF;
    RETURN fx_answer(
        p_command_id,
        'reaped',
        format('Deployments whose worker is lost: %s.', jsonb_array_length(l_reaped)),
        TRUE,
        p_cascade => jsonb_build_object('updated', l_reaped),
        p_metadata => jsonb_build_object('count', jsonb_array_length(l_reaped))
    );
END
$$;

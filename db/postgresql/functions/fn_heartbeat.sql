-- Extends a worker's lease. Contract: db/README.md.
CREATE FUNCTION fn_heartbeat(
    p_deployment_id text DEFAULT NULL,
    p_worker text DEFAULT NULL,
    p_fencing_token integer DEFAULT NULL,
    p_lease_seconds integer DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
    l_expires_at timestamptz(3);
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_heartbeat') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_worker(
        p_command_id, p_deployment_id, l_deployment, p_fencing_token, COALESCE(p_worker, '')
    );
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF COALESCE(p_lease_seconds, 0) NOT BETWEEN 1 AND 3600 THEN
        RETURN fx_refuse_argument(p_command_id, 'lease_seconds');
    END IF;
    UPDATE tb_lease SET
        expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
    WHERE fk_deployment = l_deployment.pk_deployment
    RETURNING expires_at INTO l_expires_at;
    RETURN fx_answer(
        p_command_id,
        'renewed',
        format('The lease of %s/%s is renewed.', l_deployment.fraise, l_deployment.environment),
        TRUE,
        'Deployment',
        l_deployment.id,
        p_metadata => jsonb_build_object(
            'cancel_requested', l_deployment.cancel_requested_at IS NOT NULL,
            'lease_expires_at', fx_time(l_expires_at)
        )
    );
END
$$;

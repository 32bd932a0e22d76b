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
    v_deployment tb_deployment;
    v_refusal mutation_response;
    v_expires_at timestamptz(3);
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_heartbeat') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    v_deployment := fx_lock_deployment(p_deployment_id);
    v_refusal := fx_refuse_worker(
        p_command_id, p_deployment_id, v_deployment, p_fencing_token, COALESCE(p_worker, '')
    );
    IF v_refusal.status_detail IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF COALESCE(p_lease_seconds, 0) NOT BETWEEN 1 AND 3600 THEN
        RETURN fx_refuse_argument(p_command_id, 'lease_seconds');
    END IF;
    UPDATE tb_lease SET
        expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
    WHERE fk_deployment = v_deployment.pk_deployment
    RETURNING expires_at INTO v_expires_at;
    RETURN fx_answer(
        p_command_id,
        'renewed',
        format('The lease of %s/%s is renewed.', v_deployment.fraise, v_deployment.environment),
        TRUE,
        'Deployment',
        v_deployment.id,
        p_metadata => jsonb_build_object(
            'cancel_requested', v_deployment.cancel_requested_at IS NOT NULL,
            'lease_expires_at', fx_time(v_expires_at)
        )
    );
END
$$;

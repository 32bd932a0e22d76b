-- Ends a deployment. Contract: db/README.md.
CREATE FUNCTION fn_complete_deployment(
    p_deployment_id text DEFAULT NULL,
    p_fencing_token integer DEFAULT NULL,
    p_status text DEFAULT NULL,
    p_health text DEFAULT NULL,
    p_error_code text DEFAULT NULL,
    p_error_message text DEFAULT NULL,
    p_details jsonb DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_complete_deployment') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_worker(p_command_id, p_deployment_id, l_deployment, p_fencing_token);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF COALESCE(p_status, '') NOT IN ('success', 'failed', 'rolled_back', 'cancelled') THEN
        RETURN fx_refuse_argument(p_command_id, 'status');
    END IF;
    IF p_health NOT IN ('healthy', 'degraded', 'down', 'unknown') THEN
        RETURN fx_refuse_argument(p_command_id, 'health');
    END IF;
    IF p_status IN ('failed', 'rolled_back')
       AND COALESCE(p_error_message, '') = ''
    THEN
        RETURN fx_refuse_argument(p_command_id, 'error_message');
    END IF;
    IF p_status = 'success'
       AND l_deployment.fk_release IS NULL
    THEN
        RETURN fx_refuse_argument(p_command_id, 'status');
    END IF;
    IF p_status = 'cancelled'
       AND l_deployment.cancel_requested_at IS NULL
    THEN
        RETURN fx_refuse_argument(p_command_id, 'status');
    END IF;
    UPDATE tb_fraise_state SET status = COALESCE(p_health, status)
    WHERE fk_environment = l_deployment.fk_environment;
    IF p_status = 'success' THEN
        PERFORM fx_switch_release(l_deployment);
    END IF;
    PERFORM fx_end_deployment(
        p_command_id, l_deployment, p_status, p_error_code, p_error_message, p_details
    );
    RETURN fx_answer(
        p_command_id,
        'completed',
        format(
            'The deployment of %s/%s has ended: %s.',
            l_deployment.fraise, l_deployment.environment, p_status
        ),
        TRUE,
        'Deployment',
        l_deployment.id,
        (SELECT data FROM v_deployment WHERE id = l_deployment.id),
        '{status,completed_at,duration_seconds,error_code,error_message}'
    );
END
$$;

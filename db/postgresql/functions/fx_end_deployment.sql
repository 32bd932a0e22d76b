-- Ends a deployment with its request, its open steps and its lease, and says so in the log.
CREATE FUNCTION fx_end_deployment(
    p_command_id text,
    p_deployment tb_deployment,
    p_status text,
    p_error_code text,
    p_error_message text,
    p_details jsonb
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz(3) := clock_timestamp();
    v_ended tb_deployment;
BEGIN
    UPDATE tb_deployment SET
        status = p_status,
        completed_at = v_now,
        duration_seconds = extract(epoch FROM v_now - started_at),
        error_code = p_error_code,
        error_message = p_error_message,
        details = p_details
    WHERE pk_deployment = p_deployment.pk_deployment
    RETURNING * INTO v_ended;
    UPDATE tb_deployment_request SET
        status = CASE p_status
            WHEN 'success' THEN 'completed'
            WHEN 'cancelled' THEN 'cancelled'
            ELSE 'failed'
        END
    WHERE pk_deployment_request = p_deployment.fk_request;
    UPDATE tb_deployment_step SET
        state = 'failed',
        completed_at = v_now
    WHERE fk_deployment = p_deployment.pk_deployment
      AND state = 'started';
    UPDATE tb_lease SET released_at = v_now
    WHERE fk_deployment = p_deployment.pk_deployment;
    PERFORM fx_write_event(
        'deployment.completed', 'Deployment', v_ended.id, v_ended.fraise, v_ended.environment,
        jsonb_build_object(
            'status', v_ended.status,
            'error_code', v_ended.error_code,
            'error_message', v_ended.error_message,
            'duration_seconds', v_ended.duration_seconds,
            'old_version', v_ended.old_version,
            'new_version', v_ended.new_version
        ),
        p_command_id
    );
END
$$;

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
    l_now timestamptz(3) := clock_timestamp();
    l_ended tb_deployment;
BEGIN
    UPDATE tb_deployment SET
        status = p_status,
        completed_at = l_now,
        duration_seconds = extract(epoch FROM l_now - started_at),
        error_code = p_error_code,
        error_message = p_error_message,
        details = p_details
    WHERE pk_deployment = p_deployment.pk_deployment
    RETURNING * INTO l_ended;
    UPDATE tb_deployment_request SET
        status = CASE p_status
            WHEN 'success' THEN 'completed'
            WHEN 'cancelled' THEN 'cancelled'
            ELSE 'failed'
        END
    WHERE pk_deployment_request = p_deployment.fk_request;
    UPDATE tb_deployment_step SET
        state = 'failed',
        completed_at = l_now
    WHERE fk_deployment = p_deployment.pk_deployment
      AND state = 'started';
    UPDATE tb_lease SET released_at = l_now
    WHERE fk_deployment = p_deployment.pk_deployment;
    PERFORM fx_write_event(
        'deployment.completed', 'Deployment', l_ended.id, l_ended.fraise, l_ended.environment,
        jsonb_build_object(
            'status', l_ended.status,
            'error_code', l_ended.error_code,
            'error_message', l_ended.error_message,
            'duration_seconds', l_ended.duration_seconds,
            'old_version', l_ended.old_version,
            'new_version', l_ended.new_version
        ),
        p_command_id
    );
END
$$;

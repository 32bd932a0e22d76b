-- Ends a deployment that waits, in whose place a newer one waits now.
CREATE FUNCTION fx_supersede(
    p_command_id text,
    p_older tb_deployment,
    p_newer uuid
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tb_deployment SET
        status = 'superseded',
        superseded_by = p_newer,
        completed_at = clock_timestamp(),
        error_code = 'superseded'
    WHERE pk_deployment = p_older.pk_deployment;
    UPDATE tb_deployment_request SET status = 'superseded'
    WHERE pk_deployment_request = p_older.fk_request;
    PERFORM fx_write_event(
        'deployment.superseded', 'Deployment', p_older.id, p_older.fraise, p_older.environment,
        jsonb_build_object('superseded_by', p_newer), p_command_id
    );
END
$$;

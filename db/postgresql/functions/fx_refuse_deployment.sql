-- Refuses an open command because its deployment is unknown or has ended.
-- NULL when the deployment is still open.
CREATE FUNCTION fx_refuse_deployment(
    p_command_id text,
    p_deployment_id text,
    p_deployment tb_deployment
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    IF p_deployment.pk_deployment IS NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-deployment',
            format('No deployment has the id "%s".', p_deployment_id)
        );
    END IF;
    IF p_deployment.status NOT IN ('pending', 'in_progress') THEN
        RETURN fx_refuse(
            p_command_id,
            'deployment-finished',
            format('The deployment has already ended: %s.', p_deployment.status)
        );
    END IF;
    RETURN NULL;
END
$$;

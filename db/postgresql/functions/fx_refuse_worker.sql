-- Refuses an open command of a worker that may not write for a deployment:
-- the deployment is unknown or has ended, or the lease is another one's.
-- NULL when the worker may write. Without p_owner any owner with the token will do.
CREATE FUNCTION fx_refuse_worker(
    p_command_id text,
    p_deployment_id text,
    p_deployment tb_deployment,
    p_fencing_token integer,
    p_owner text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_refusal mutation_response := fx_refuse_deployment(
        p_command_id, p_deployment_id, p_deployment
    );
BEGIN
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM tb_lease
        WHERE fk_deployment = p_deployment.pk_deployment
          AND fencing_token = p_fencing_token
          AND owner = COALESCE(p_owner, owner)
          AND released_at IS NULL
    ) THEN
        RETURN NULL;
    END IF;
    RETURN fx_refuse(
        p_command_id,
        'lease-lost',
        format(
            'Another worker has taken %s/%s over.', p_deployment.fraise, p_deployment.environment
        )
    );
END
$$;

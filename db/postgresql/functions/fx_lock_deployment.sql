-- The deployment of this id; NULL when there is none. Its environment stays locked until
-- the transaction ends: whoever changes a deployment holds its environment.
CREATE FUNCTION fx_lock_deployment(p_deployment_id text) RETURNS tb_deployment
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
BEGIN
    PERFORM 1
    FROM tb_environment
    WHERE pk_environment = (
        SELECT fk_environment FROM tb_deployment WHERE id = fx_uuid(p_deployment_id)
    )
    FOR NO KEY UPDATE;
    SELECT * INTO l_deployment FROM tb_deployment WHERE id = fx_uuid(p_deployment_id);
    RETURN l_deployment;
END
$$;

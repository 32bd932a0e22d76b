-- The deployment to claim, with its environment locked; NULL when there is none.
-- What was seen before the lock may be stale after it, so the choice is made again under it.
CREATE FUNCTION fx_lock_claimable(p_deployment_id text) RETURNS tb_deployment
LANGUAGE plpgsql AS $$
DECLARE
    l_environment integer;
    l_deployment tb_deployment;
BEGIN
    IF p_deployment_id IS NOT NULL THEN
        PERFORM fx_lock_deployment(p_deployment_id);
        SELECT * INTO l_deployment FROM fx_claimable(p_deployment_id);
        RETURN l_deployment;
    END IF;
    LOOP
        SELECT e.pk_environment INTO l_environment
        FROM fx_claimable(NULL) d
        JOIN tb_environment e ON e.pk_environment = d.fk_environment
        ORDER BY d.pk_deployment
        LIMIT 1
        FOR NO KEY UPDATE OF e SKIP LOCKED;
        EXIT WHEN l_environment IS NULL;
        SELECT * INTO l_deployment
        FROM fx_claimable(NULL)
        WHERE fk_environment = l_environment
        ORDER BY pk_deployment
        LIMIT 1;
        EXIT WHEN l_deployment.pk_deployment IS NOT NULL;
    END LOOP;
    RETURN l_deployment;
END
$$;

-- The deployment to claim, with its environment locked; NULL when there is none.
-- What was seen before the lock may be stale after it, so the choice is made again under it.
CREATE FUNCTION fx_lock_claimable(p_deployment_id text) RETURNS tb_deployment
LANGUAGE plpgsql AS $$
DECLARE
    v_environment integer;
    v_deployment tb_deployment;
BEGIN
    IF p_deployment_id IS NOT NULL THEN
        PERFORM fx_lock_deployment(p_deployment_id);
        SELECT * INTO v_deployment FROM fx_claimable(p_deployment_id);
        RETURN v_deployment;
    END IF;
    LOOP
        SELECT e.pk_environment INTO v_environment
        FROM fx_claimable(NULL) d
        JOIN tb_environment e ON e.pk_environment = d.fk_environment
        ORDER BY d.pk_deployment
        LIMIT 1
        FOR NO KEY UPDATE OF e SKIP LOCKED;
        EXIT WHEN v_environment IS NULL;
        SELECT * INTO v_deployment
        FROM fx_claimable(NULL)
        WHERE fk_environment = v_environment
        ORDER BY pk_deployment
        LIMIT 1;
        EXIT WHEN v_deployment.pk_deployment IS NOT NULL;
    END LOOP;
    RETURN v_deployment;
END
$$;

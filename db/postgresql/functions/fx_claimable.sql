-- Deployments that a worker may claim now: what waits while nothing else is at work on its
-- environment, and what a dead worker left behind with attempts to spare.
CREATE FUNCTION fx_claimable(p_deployment_id text) RETURNS SETOF tb_deployment
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT d.*
    FROM tb_deployment d
    WHERE (p_deployment_id IS NULL OR d.id = fx_uuid(p_deployment_id))
      AND (
        (
            d.status = 'pending'
            AND NOT EXISTS (
                SELECT 1
                FROM tb_deployment a
                WHERE a.fk_environment = d.fk_environment
                  AND a.status = 'in_progress'
            )
        )
        OR (
            d.status = 'in_progress'
            AND d.attempt < 3
            AND EXISTS (
                SELECT 1
                FROM tb_lease l
                WHERE l.fk_deployment = d.pk_deployment
                  AND l.expires_at <= clock_timestamp()
            )
        )
      );
END
$$;

-- Deployments whose worker died in the last attempt that they may have.
CREATE FUNCTION fx_expired() RETURNS SETOF tb_deployment
LANGUAGE sql VOLATILE AS $$
    SELECT d.*
    FROM tb_deployment d
    JOIN tb_lease l ON l.fk_deployment = d.pk_deployment
    WHERE d.status = 'in_progress'
      AND d.attempt >= 3
      AND l.expires_at <= clock_timestamp()
$$;

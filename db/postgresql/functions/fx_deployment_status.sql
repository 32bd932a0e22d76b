-- GraphQL's DeploymentStatus of an exact state.
CREATE FUNCTION fx_deployment_status(p_status text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_status IN ('superseded', 'cancelled') THEN 'FAILED'
        ELSE upper(p_status)
    END
$$;

-- Whether the release that serves can be brought back after a failure of this deployment.
CREATE FUNCTION fx_automatic_rollback(p_deployment tb_deployment) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT 1
        FROM tb_release_migration
        WHERE fk_deployment = p_deployment.pk_deployment
          AND NOT backward_compatible
    )
$$;

-- Environments that a push of this branch deploys. p_repository_keys are the names under which
-- the forge knows the repository; a fraise without a repository takes every one.
CREATE FUNCTION fx_targets(p_branch text, p_repository_keys jsonb) RETURNS SETOF tb_environment
LANGUAGE sql STABLE AS $$
    SELECT e.*
    FROM tb_branch_mapping m
    JOIN tb_environment e ON e.pk_environment = m.fk_environment
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE m.branch = p_branch
      AND (f.repository_key IS NULL OR p_repository_keys ? f.repository_key)
$$;

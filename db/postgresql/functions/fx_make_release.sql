-- The release of a deployment that has none yet: the one that serves when it has this commit
-- and nobody insists on a new one, else a new one.
CREATE FUNCTION fx_make_release(
    p_command_id text,
    p_deployment tb_deployment,
    p_version text,
    p_git_commit text,
    p_artifact_digest text,
    p_config jsonb,
    p_migration_head text
) RETURNS tb_release
LANGUAGE plpgsql AS $$
DECLARE
    l_release tb_release;
BEGIN
    SELECT r.* INTO l_release
    FROM tb_deployment_request q
    JOIN tb_fraise_state s ON s.fk_environment = q.fk_environment
    JOIN tb_release r ON r.pk_release = s.fk_current_release
    WHERE q.pk_deployment_request = p_deployment.fk_request
      AND NOT q.force
      AND s.status <> 'down'
      AND r.git_commit = p_git_commit;
    IF l_release.pk_release IS NOT NULL THEN
        RETURN l_release;
    END IF;
    INSERT INTO tb_release (
        fk_environment, deployment_id, version, git_commit, artifact_digest, config, migration_head
    )
    VALUES (
        p_deployment.fk_environment, p_deployment.id, p_version, p_git_commit, p_artifact_digest,
        p_config, p_migration_head
    )
    RETURNING * INTO l_release;
    PERFORM fx_write_event(
        'release.recorded', 'Release', l_release.id, p_deployment.fraise, p_deployment.environment,
        jsonb_build_object(
            'version', p_version, 'git_commit', p_git_commit, 'deployment_id', p_deployment.id
        ),
        p_command_id
    );
    RETURN l_release;
END
$$;

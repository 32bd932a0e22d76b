-- Says which exact commit and version a deployment is. Contract: db/README.md.
CREATE FUNCTION fn_record_release(
    p_deployment_id text DEFAULT NULL,
    p_fencing_token integer DEFAULT NULL,
    p_version text DEFAULT NULL,
    p_git_commit text DEFAULT NULL,
    p_artifact_digest text DEFAULT NULL,
    p_config jsonb DEFAULT NULL,
    p_migration_head text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
    l_release tb_release;
    l_unchanged boolean;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_release') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_worker(p_command_id, p_deployment_id, l_deployment, p_fencing_token);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF COALESCE(p_version, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'version');
    END IF;
    IF COALESCE(p_git_commit, '') !~ '^[0-9a-fA-F]{7,64}$' THEN
        RETURN fx_refuse_argument(p_command_id, 'git_commit');
    END IF;
    SELECT * INTO l_release FROM tb_release WHERE pk_release = l_deployment.fk_release;
    IF l_deployment.kind = 'deploy'
       AND l_release.git_commit <> p_git_commit
    THEN
        RETURN fx_refuse_argument(p_command_id, 'git_commit');
    END IF;
    IF l_deployment.fk_release IS NULL THEN
        l_release := fx_make_release(
            p_command_id, l_deployment, p_version, p_git_commit, p_artifact_digest,
            COALESCE(p_config, '{}'), p_migration_head
        );
        UPDATE tb_deployment SET
            fk_release = l_release.pk_release,
            new_version = l_release.version,
            git_commit = l_release.git_commit
        WHERE pk_deployment = l_deployment.pk_deployment;
    END IF;
    l_unchanged := l_deployment.kind = 'deploy'
        AND l_release.deployment_id IS DISTINCT FROM l_deployment.id;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_unchanged THEN 'unchanged' ELSE 'recorded' END,
        CASE
            WHEN l_unchanged THEN format(
                '%s/%s already serves %s.',
                l_deployment.fraise, l_deployment.environment, l_release.git_commit
            )
            ELSE format(
                'Release %s of %s/%s is recorded.',
                l_release.version, l_deployment.fraise, l_deployment.environment
            )
        END,
        l_deployment.fk_release IS NULL,
        'Release',
        l_release.id,
        (SELECT data FROM v_release WHERE pk_release = l_release.pk_release)
    );
END
$$;

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
    v_deployment tb_deployment;
    v_refusal mutation_response;
    v_release tb_release;
    v_unchanged boolean;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_release') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    v_deployment := fx_lock_deployment(p_deployment_id);
    v_refusal := fx_refuse_worker(p_command_id, p_deployment_id, v_deployment, p_fencing_token);
    IF v_refusal.status_detail IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF COALESCE(p_version, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'version');
    END IF;
    IF COALESCE(p_git_commit, '') !~ '^[0-9a-fA-F]{7,64}$' THEN
        RETURN fx_refuse_argument(p_command_id, 'git_commit');
    END IF;
    SELECT * INTO v_release FROM tb_release WHERE pk_release = v_deployment.fk_release;
    IF v_deployment.kind = 'deploy'
       AND v_release.git_commit <> p_git_commit
    THEN
        RETURN fx_refuse_argument(p_command_id, 'git_commit');
    END IF;
    IF v_deployment.fk_release IS NULL THEN
        v_release := fx_make_release(
            p_command_id, v_deployment, p_version, p_git_commit, p_artifact_digest,
            COALESCE(p_config, '{}'), p_migration_head
        );
        UPDATE tb_deployment SET
            fk_release = v_release.pk_release,
            new_version = v_release.version,
            git_commit = v_release.git_commit
        WHERE pk_deployment = v_deployment.pk_deployment;
    END IF;
    v_unchanged := v_deployment.kind = 'deploy'
        AND v_release.deployment_id IS DISTINCT FROM v_deployment.id;
    RETURN fx_answer(
        p_command_id,
        CASE WHEN v_unchanged THEN 'unchanged' ELSE 'recorded' END,
        CASE
            WHEN v_unchanged THEN format(
                '%s/%s already serves %s.',
                v_deployment.fraise, v_deployment.environment, v_release.git_commit
            )
            ELSE format(
                'Release %s of %s/%s is recorded.',
                v_release.version, v_deployment.fraise, v_deployment.environment
            )
        END,
        v_deployment.fk_release IS NULL AND NOT v_unchanged,
        'Release',
        v_release.id,
        (SELECT data FROM v_release WHERE pk_release = v_release.pk_release)
    );
END
$$;

-- Records that a step of a deployment started or ended. Contract: db/README.md.
CREATE FUNCTION fn_record_step(
    p_deployment_id text DEFAULT NULL,
    p_fencing_token integer DEFAULT NULL,
    p_step text DEFAULT NULL,
    p_state text DEFAULT NULL,
    p_progress integer DEFAULT NULL,
    p_message text DEFAULT NULL,
    p_detail jsonb DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
    l_before tb_deployment_step;
    l_step tb_deployment_step;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_record_step') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_worker(p_command_id, p_deployment_id, l_deployment, p_fencing_token);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF COALESCE(p_state, '') NOT IN ('started', 'succeeded', 'failed', 'skipped') THEN
        RETURN fx_refuse_argument(p_command_id, 'state');
    END IF;
    IF COALESCE(p_step, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'step');
    END IF;
    IF p_progress NOT BETWEEN 0 AND 100 THEN
        RETURN fx_refuse_argument(p_command_id, 'progress');
    END IF;
    IF p_state = 'started'
       AND l_deployment.cancel_requested_at IS NOT NULL
       AND l_deployment.cutover_at IS NULL
    THEN
        RETURN fx_refuse(
            p_command_id, 'cancel-requested', 'Somebody asked to cancel the deployment.'
        );
    END IF;
    SELECT * INTO l_before
    FROM tb_deployment_step
    WHERE fk_deployment = l_deployment.pk_deployment
      AND attempt = l_deployment.attempt
      AND step = p_step;
    IF p_state IN ('succeeded', 'failed')
       AND l_before.pk_deployment_step IS NULL
    THEN
        RETURN fx_refuse(
            p_command_id,
            'step-not-started',
            format('The step "%s" has not started in this attempt.', p_step)
        );
    END IF;
    IF l_before.state <> 'started' THEN
        RETURN fx_refuse(
            p_command_id,
            'step-finished',
            format('The step "%s" has already ended in this attempt.', p_step)
        );
    END IF;
    INSERT INTO tb_deployment_step AS s (
        fk_deployment, attempt, step, state, progress, message, detail, completed_at
    )
    VALUES (
        l_deployment.pk_deployment, l_deployment.attempt, p_step, p_state,
        COALESCE(p_progress, 0), p_message, p_detail,
        CASE WHEN p_state <> 'started' THEN clock_timestamp() END
    )
    ON CONFLICT (fk_deployment, attempt, step) DO UPDATE SET
        state = excluded.state,
        progress = COALESCE(p_progress, s.progress),
        message = COALESCE(p_message, s.message),
        detail = COALESCE(p_detail, s.detail),
        completed_at = excluded.completed_at
    RETURNING * INTO l_step;
    IF p_step = 'switch' AND p_state = 'started' THEN
        UPDATE tb_deployment SET cutover_at = COALESCE(cutover_at, clock_timestamp())
        WHERE pk_deployment = l_deployment.pk_deployment;
    END IF;
    PERFORM fx_write_event(
        'deployment.step', 'Deployment', l_deployment.id, l_deployment.fraise,
        l_deployment.environment,
        jsonb_build_object(
            'step', l_step.step,
            'state', l_step.state,
            'progress', l_step.progress,
            'message', l_step.message,
            'attempt', l_step.attempt
        ),
        p_command_id
    );
    RETURN fx_answer(
        p_command_id,
        'recorded',
        format(
            '%s of %s/%s: %s.',
            p_step, l_deployment.fraise, l_deployment.environment, p_state
        ),
        TRUE,
        'DeploymentStep',
        l_step.id,
        (SELECT data FROM v_deployment_step WHERE id = l_step.id),
        CASE
            WHEN l_before.pk_deployment_step IS NULL THEN '{}'::text[]
            ELSE '{state,progress,message}'::text[]
        END,
        p_metadata => jsonb_build_object(
            'cancel_requested', l_deployment.cancel_requested_at IS NOT NULL
        )
    );
END
$$;

-- Cancels what waits, asks the worker of what runs. Contract: db/README.md.
CREATE FUNCTION fn_cancel_deployment(
    p_deployment_id text DEFAULT NULL,
    p_reason text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    v_deployment tb_deployment;
    v_refusal mutation_response;
    v_changed text[] := '{}';
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_cancel_deployment') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    v_deployment := fx_lock_deployment(p_deployment_id);
    v_refusal := fx_refuse_deployment(p_command_id, p_deployment_id, v_deployment);
    IF v_refusal.status_detail IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF v_deployment.cutover_at IS NOT NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'past-point-of-no-return',
            format(
                'The new release of %s/%s is already being switched in.',
                v_deployment.fraise, v_deployment.environment
            )
        );
    END IF;
    IF v_deployment.status = 'pending' THEN
        PERFORM fx_end_deployment(
            p_command_id, v_deployment, 'cancelled', 'cancelled', p_reason, NULL
        );
        v_changed := '{status,completed_at}';
    ELSIF v_deployment.cancel_requested_at IS NULL THEN
        UPDATE tb_deployment SET cancel_requested_at = clock_timestamp()
        WHERE pk_deployment = v_deployment.pk_deployment;
        PERFORM fx_write_event(
            'deployment.cancel_requested', 'Deployment', v_deployment.id, v_deployment.fraise,
            v_deployment.environment, jsonb_build_object('reason', p_reason, 'actor', p_actor),
            p_command_id
        );
        v_changed := '{cancel_requested_at}';
    END IF;
    RETURN fx_answer(
        p_command_id,
        CASE v_deployment.status WHEN 'pending' THEN 'cancelled' ELSE 'cancel-requested' END,
        format(
            CASE v_deployment.status
                WHEN 'pending' THEN 'The deployment of %s/%s is cancelled.'
                ELSE 'The deployment of %s/%s will be cancelled.'
            END,
            v_deployment.fraise, v_deployment.environment
        ),
        v_changed <> '{}',
        'Deployment',
        v_deployment.id,
        (SELECT data FROM v_deployment WHERE id = v_deployment.id),
        v_changed
    );
END
$$;

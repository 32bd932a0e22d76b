-- Cancels what waits, asks the worker of what runs. Contract: db/README.md.
CREATE FUNCTION fn_cancel_deployment(
    p_deployment_id text DEFAULT NULL,
    p_reason text DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_refusal mutation_response;
    l_changed text[] := '{}';
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_cancel_deployment') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    l_deployment := fx_lock_deployment(p_deployment_id);
    l_refusal := fx_refuse_deployment(p_command_id, p_deployment_id, l_deployment);
    IF l_refusal.status_detail IS NOT NULL THEN
        RETURN l_refusal;
    END IF;
    IF l_deployment.cutover_at IS NOT NULL THEN
        RETURN fx_refuse(
            p_command_id,
            'past-point-of-no-return',
            format(
                'The new release of %s/%s is already being switched in.',
                l_deployment.fraise, l_deployment.environment
            )
        );
    END IF;
    IF l_deployment.status = 'pending' THEN
        PERFORM fx_end_deployment(
            p_command_id, l_deployment, 'cancelled', 'cancelled', p_reason, NULL
        );
        l_changed := '{status,completed_at}';
    ELSIF l_deployment.cancel_requested_at IS NULL THEN
        UPDATE tb_deployment SET cancel_requested_at = clock_timestamp()
        WHERE pk_deployment = l_deployment.pk_deployment;
        PERFORM fx_write_event(
            'deployment.cancel_requested', 'Deployment', l_deployment.id, l_deployment.fraise,
            l_deployment.environment, jsonb_build_object('reason', p_reason, 'actor', p_actor),
            p_command_id
        );
        l_changed := '{cancel_requested_at}';
    END IF;
    RETURN fx_answer(
        p_command_id,
        CASE l_deployment.status WHEN 'pending' THEN 'cancelled' ELSE 'cancel-requested' END,
        format(
            CASE l_deployment.status
                WHEN 'pending' THEN 'The deployment of %s/%s is cancelled.'
                ELSE 'The deployment of %s/%s will be cancelled.'
            END,
            l_deployment.fraise, l_deployment.environment
        ),
        l_changed <> '{}',
        'Deployment',
        l_deployment.id,
        (SELECT data FROM v_deployment WHERE id = l_deployment.id),
        l_changed
    );
END
$$;

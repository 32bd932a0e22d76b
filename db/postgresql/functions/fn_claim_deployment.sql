-- Takes the oldest claimable deployment, or the one named. Contract: db/README.md.
-- An environment that another transaction holds is passed over; a named deployment is waited for.
CREATE FUNCTION fn_claim_deployment(
    p_worker text DEFAULT NULL,
    p_lease_seconds integer DEFAULT NULL,
    p_deployment_id text DEFAULT NULL,
    p_command_id text DEFAULT NULL
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_deployment tb_deployment;
    l_taken_over boolean;
    l_token integer;
BEGIN
    IF NOT fx_open_command(p_command_id, 'fn_claim_deployment') THEN
        RETURN fx_first_answer(p_command_id);
    END IF;
    IF COALESCE(p_worker, '') = '' THEN
        RETURN fx_refuse_argument(p_command_id, 'worker');
    END IF;
    IF COALESCE(p_lease_seconds, 0) NOT BETWEEN 1 AND 3600 THEN
        RETURN fx_refuse_argument(p_command_id, 'lease_seconds');
    END IF;
    l_deployment := fx_lock_claimable(p_deployment_id);
    IF l_deployment.pk_deployment IS NULL AND p_deployment_id IS NULL THEN
        RETURN fx_answer(p_command_id, 'nothing-to-claim', 'No deployment is waiting.');
    END IF;
    IF l_deployment.pk_deployment IS NULL
       AND EXISTS (SELECT 1 FROM tb_deployment WHERE id = fx_uuid(p_deployment_id))
    THEN
        RETURN fx_refuse(
            p_command_id,
            'not-claimable',
            'The deployment is not waiting, or its environment is busy.'
        );
    END IF;
    IF l_deployment.pk_deployment IS NULL THEN
        RETURN fx_refuse_deployment(p_command_id, p_deployment_id, l_deployment);
    END IF;
    l_taken_over := l_deployment.status = 'in_progress';
    UPDATE tb_deployment SET
        status = 'in_progress',
        started_at = COALESCE(started_at, clock_timestamp()),
        attempt = attempt + 1,
        worker = p_worker,
        old_version = CASE
            WHEN l_taken_over THEN old_version
            ELSE (
                SELECT current_version FROM tb_fraise_state
                WHERE fk_environment = l_deployment.fk_environment
            )
        END
    WHERE pk_deployment = l_deployment.pk_deployment
    RETURNING * INTO l_deployment;
    UPDATE tb_deployment_request SET status = 'processing'
    WHERE pk_deployment_request = l_deployment.fk_request;
    INSERT INTO tb_lease AS l (
        fk_environment, fk_deployment, fencing_token, owner, acquired_at, expires_at
    )
    VALUES (
        l_deployment.fk_environment, l_deployment.pk_deployment, 1, p_worker, clock_timestamp(),
        clock_timestamp() + make_interval(secs => p_lease_seconds)
    )
    ON CONFLICT (fk_environment) DO UPDATE SET
        fk_deployment = excluded.fk_deployment,
        fencing_token = l.fencing_token + 1,
        owner = excluded.owner,
        acquired_at = excluded.acquired_at,
        expires_at = excluded.expires_at,
        released_at = NULL
    RETURNING fencing_token INTO l_token;
    PERFORM fx_write_event(
        CASE WHEN l_taken_over THEN 'deployment.taken_over' ELSE 'deployment.started' END,
        'Deployment', l_deployment.id, l_deployment.fraise, l_deployment.environment,
        jsonb_build_object(
            'worker', p_worker, 'attempt', l_deployment.attempt, 'fencing_token', l_token
        ),
        p_command_id
    );
    RETURN fx_answer(
        p_command_id,
        CASE WHEN l_taken_over THEN 'taken-over' ELSE 'claimed' END,
        format(
            CASE WHEN l_taken_over THEN '%s has taken %s/%s over.' ELSE '%s has claimed %s/%s.' END,
            p_worker, l_deployment.fraise, l_deployment.environment
        ),
        TRUE,
        'Deployment',
        l_deployment.id,
        (SELECT data FROM v_deployment WHERE id = l_deployment.id),
        CASE
            WHEN l_taken_over THEN '{attempt,worker}'::text[]
            ELSE '{status,started_at,attempt,worker,old_version}'::text[]
        END,
        p_metadata => fx_claim_metadata(l_deployment)
    );
END
$$;

-- What a worker has to know about the deployment that it has just claimed.
CREATE FUNCTION fx_claim_metadata(p_deployment tb_deployment) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'fencing_token', l.fencing_token,
            'lease_expires_at', fx_time(l.expires_at),
            'attempt', p_deployment.attempt,
            'cancel_requested', p_deployment.cancel_requested_at IS NOT NULL,
            'deployment_kind', p_deployment.kind,
            'force', q.force,
            'cutover_at', fx_time(p_deployment.cutover_at),
            'current_release', (
                SELECT r.data FROM v_release r WHERE r.pk_release = s.fk_current_release
            ),
            'target_release', (
                SELECT r.data
                FROM v_release r
                WHERE r.pk_release = p_deployment.fk_release
                  AND p_deployment.kind = 'rollback'
            ),
            'steps', (
                SELECT COALESCE(jsonb_agg(t.data ORDER BY t.attempt, t.position), '[]')
                FROM v_deployment_step t
                WHERE t.deployment_id = p_deployment.id
            ),
            'automatic_rollback', fx_automatic_rollback(p_deployment)
        )
        FROM tb_lease l
        JOIN tb_fraise_state s ON s.fk_environment = l.fk_environment
        JOIN tb_deployment_request q ON q.pk_deployment_request = p_deployment.fk_request
        WHERE l.fk_environment = p_deployment.fk_environment
    );
END
$$;

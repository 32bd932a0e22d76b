-- Steps of deployments; position counts them within an attempt.
CREATE VIEW v_deployment_step AS
SELECT
    s.id,
    d.id AS deployment_id,
    s.attempt,
    p.position,
    s.step,
    s.state,
    jsonb_build_object(
        'id', s.id,
        'deployment_id', d.id,
        'attempt', s.attempt,
        'position', p.position,
        'step', s.step,
        'state', s.state,
        'progress', s.progress,
        'message', s.message,
        'detail', s.detail,
        'started_at', fx_time(s.started_at),
        'completed_at', fx_time(s.completed_at)
    ) AS data
FROM tb_deployment_step s
JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS position
    FROM tb_deployment_step o
    WHERE o.fk_deployment = s.fk_deployment
      AND o.attempt = s.attempt
      AND o.pk_deployment_step <= s.pk_deployment_step
) p;

-- Steps of deployments; position counts them within an attempt.
CREATE VIEW v_deployment_step AS
SELECT
    s.id,
    d.id AS deployment_id,
    s.attempt,
    (
        SELECT COUNT(*)
        FROM tb_deployment_step p
        WHERE p.fk_deployment = s.fk_deployment
            AND p.attempt = s.attempt
            AND p.pk_deployment_step <= s.pk_deployment_step
    ) AS position,
    s.step,
    s.state,
    json_object(
        'id', s.id,
        'deployment_id', d.id,
        'attempt', s.attempt,
        'position', (
            SELECT COUNT(*)
            FROM tb_deployment_step p
            WHERE p.fk_deployment = s.fk_deployment
                AND p.attempt = s.attempt
                AND p.pk_deployment_step <= s.pk_deployment_step
        ),
        'step', s.step,
        'state', s.state,
        'progress', s.progress,
        'message', s.message,
        'detail', json(s.detail),
        'started_at', s.started_at,
        'completed_at', s.completed_at
    ) AS data
FROM tb_deployment_step s
JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment;

-- Fraises whose repository is asked for lost pushes, and which of them are due.
CREATE VIEW v_reconcile AS
SELECT
    *,
    json_object(
        'id', id,
        'fraise', fraise,
        'repository', repository,
        'next_at', next_at,
        'completed_at', completed_at,
        'failures', failures,
        'error', error
    ) AS data
FROM (
    SELECT
        r.pk_reconcile,
        r.id,
        f.name AS fraise,
        f.repository,
        COALESCE(f.repository, '') <> ''
            AND EXISTS (
                SELECT 1
                FROM tb_environment e
                JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
                WHERE e.fk_fraise = r.fk_fraise
            )
            AND r.next_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
            AND COALESCE(r.claimed_until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), TRUE) AS due,
        r.next_at,
        r.completed_at,
        r.failures,
        r.error
    FROM tb_reconcile r
    JOIN tb_fraise f ON f.pk_fraise = r.fk_fraise
);

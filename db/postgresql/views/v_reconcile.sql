-- Fraises whose repository is asked for lost pushes, and which of them are due.
CREATE VIEW v_reconcile AS
SELECT
    v.*,
    jsonb_build_object(
        'id', id,
        'fraise', fraise,
        'repository', repository,
        'next_at', fx_time(next_at),
        'completed_at', fx_time(completed_at),
        'failures', failures,
        'error', error
    ) AS data
FROM (
    SELECT
        r.pk_reconcile,
        r.id,
        f.name AS fraise,
        f.repository,
        fx_due(r) AS due,
        r.next_at,
        r.completed_at,
        r.failures,
        r.error
    FROM tb_reconcile r
    JOIN tb_fraise f ON f.pk_fraise = r.fk_fraise
) v;

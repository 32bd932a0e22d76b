-- Deployments that should be there after a look: of refs that have moved, or are new, and of
-- which no webhook told; and, at the first look, of environments that wait for one ref only and
-- never got anything. What was requested before is not requested again.
CREATE VIEW fx_lost_push AS
SELECT
    l.pk_reconcile,
    s.ref_type,
    s.name,
    s.found_sha,
    e.pk_environment,
    e.name AS environment,
    f.name AS fraise
FROM tb_reconcile l
JOIN tb_fraise f ON f.pk_fraise = l.fk_fraise
JOIN tb_seen_ref s ON s.fk_reconcile = l.pk_reconcile
JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
JOIN tb_ref_rule r
    ON r.fk_environment = e.pk_environment
    AND r.ref_type = s.ref_type
    AND s.name GLOB r.name
WHERE s.found_sha IS NOT NULL
    AND s.told IS NOT 'later'
    AND (
        (
            s.told IS NULL
            AND CASE
                WHEN s.commit_sha IS NULL THEN l.rules IS l.asked_rules
                ELSE s.commit_sha <> s.found_sha
            END
        )
        OR (
            l.rules IS NOT l.asked_rules
            AND r.name NOT GLOB '*[*?]*'
            AND (SELECT COUNT(*) FROM tb_ref_rule WHERE fk_environment = e.pk_environment) = 1
            AND NOT EXISTS (
                SELECT 1
                FROM tb_deployment
                WHERE fraise = f.name
                    AND environment = e.name
            )
        )
    )
    AND NOT EXISTS (
        SELECT 1
        FROM tb_deployment
        WHERE fraise = f.name
            AND environment = e.name
            AND lower(git_commit) = substr(s.found_sha, 1, length(git_commit))
    );

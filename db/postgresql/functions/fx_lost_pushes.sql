-- Deployments that should be there after a look: of refs that have moved, or are new, and of
-- which no webhook told; and, at the first look, of environments that wait for one ref only and
-- never got anything. What was requested before is not requested again. Of several refs that
-- reach an environment, the last by name, tags after branches.
CREATE FUNCTION fx_lost_pushes(p_reconcile tb_reconcile) RETURNS TABLE (
    pk_environment integer,
    fraise text,
    environment text,
    branch text,
    commit_sha text
)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (e.pk_environment)
        e.pk_environment,
        f.name,
        e.name,
        CASE s.ref_type WHEN 'branch' THEN s.name END,
        s.found_sha
    FROM tb_fraise f
    JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
    JOIN tb_ref_rule r ON r.fk_environment = e.pk_environment
    JOIN tb_seen_ref s
        ON s.fk_reconcile = p_reconcile.pk_reconcile
        AND s.ref_type = r.ref_type
        AND fx_glob(s.name, r.name)
    WHERE f.pk_fraise = p_reconcile.fk_fraise
      AND s.found_sha IS NOT NULL
      AND s.told IS DISTINCT FROM 'later'
      AND (
          (
              s.told IS NULL
              AND CASE
                  WHEN s.commit_sha IS NULL
                  THEN p_reconcile.rules IS NOT DISTINCT FROM p_reconcile.asked_rules
                  ELSE s.commit_sha <> s.found_sha
              END
          )
          OR (
              p_reconcile.rules IS DISTINCT FROM p_reconcile.asked_rules
              AND r.name !~ '[*?]'
              AND (
                  SELECT count(*) FROM tb_ref_rule WHERE fk_environment = e.pk_environment
              ) = 1
              AND NOT EXISTS (
                  SELECT 1
                  FROM tb_deployment d
                  WHERE d.fraise = f.name
                    AND d.environment = e.name
              )
          )
      )
      AND NOT EXISTS (
          SELECT 1
          FROM tb_deployment d
          WHERE d.fraise = f.name
            AND d.environment = e.name
            AND starts_with(s.found_sha, lower(d.git_commit))
      )
    ORDER BY e.pk_environment, s.ref_type DESC, s.name COLLATE "C" DESC
$$;

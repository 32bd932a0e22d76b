-- Environments that the changes of a webhook reach by a rule, and what is in the way. A rule
-- that is a name is looked up; only patterns are tried. Obstacles are named so that the one
-- of the target that came furthest is the last in the alphabet.
CREATE VIEW fx_webhook_target AS
SELECT
    w.pk_webhook_event,
    COALESCE(w.replayed_by, w.sender) AS actor,
    c.position,
    CASE c.ref_type WHEN 'branch' THEN c.name END AS branch,
    c.commit_sha,
    e.pk_environment,
    e.name AS environment,
    f.name AS fraise,
    CASE
        WHEN f.only_provider <> w.provider AND NOT (w.provider = 'custom' AND f.only_provider = w.hook)
            THEN 'other-provider'
        WHEN f.repository_key IS NOT NULL
            AND NOT EXISTS (
                SELECT 1
                FROM json_each(w.event, '$.repository_keys')
                WHERE value = f.repository_key
            )
            THEN 'other-repository'
        WHEN e.paths IS NOT NULL
            AND json_type(w.event, '$.paths') = 'array'
            AND NOT EXISTS (
                SELECT 1
                FROM json_each(w.event, '$.paths') p
                JOIN json_each(e.paths) r
                WHERE p.value GLOB replace(r.value, '[', '[[]') || CASE WHEN r.value LIKE '%/' THEN '*' ELSE '' END
            )
            THEN 'paths-not-touched'
    END AS obstacle
FROM fx_webhook_change c
JOIN tb_webhook_event w ON w.pk_webhook_event = c.pk_webhook_event
JOIN tb_ref_rule r
    ON r.ref_type = c.ref_type
    AND (
        r.name = c.name
        OR (
            r.name GLOB '*[*?]*'
            AND c.name GLOB r.name
        )
    )
JOIN tb_environment e ON e.pk_environment = r.fk_environment
JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
WHERE c.event_type IN ('push', 'tag');

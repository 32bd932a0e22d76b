-- Environments that the changes of a webhook reach by a rule, and what is in the way. Obstacles
-- are named so that the one of the target that came furthest is the last in the alphabet.
CREATE FUNCTION fx_targets(p_webhook tb_webhook_event) RETURNS TABLE (
    "position" bigint,
    branch text,
    commit_sha text,
    pk_environment integer,
    environment text,
    fraise text,
    obstacle text
)
LANGUAGE sql STABLE AS $$
    SELECT
        c.position,
        CASE c.ref_type WHEN 'branch' THEN c.name END,
        c.commit_sha,
        e.pk_environment,
        e.name,
        f.name,
        CASE
            WHEN f.only_provider <> p_webhook.provider
             AND NOT (p_webhook.provider = 'custom' AND f.only_provider = p_webhook.hook)
            THEN 'other-provider'
            WHEN f.repository_key IS NOT NULL
             AND NOT COALESCE(p_webhook.event -> 'repository_keys' ? f.repository_key, FALSE)
            THEN 'other-repository'
            WHEN e.paths IS NOT NULL AND NOT fx_paths_touched(p_webhook.event -> 'paths', e.paths)
            THEN 'paths-not-touched'
        END
    FROM fx_changes(p_webhook.event) c
    CROSS JOIN LATERAL fx_rules(c.ref_type, c.name) r
    JOIN tb_environment e ON e.pk_environment = r.fk_environment
    JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
    WHERE c.event_type IN ('push', 'tag')
$$;

-- What an event says has happened to each branch and tag: its changes, else the event itself.
CREATE FUNCTION fx_changes(p_event jsonb) RETURNS TABLE (
    "position" bigint,
    event_type text,
    ref_type text,
    name text,
    before text,
    commit_sha text
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT
        c.ordinality,
        c.value ->> 'event_type',
        CASE
            WHEN c.value ->> 'event_type' = 'push' THEN 'branch'
            WHEN c.value ->> 'event_type' = 'tag' THEN 'tag'
            WHEN c.value ->> 'event_type' <> 'delete' THEN NULL
            WHEN c.value ->> 'tag' IS NULL THEN 'branch'
            ELSE 'tag'
        END,
        CASE c.value ->> 'event_type'
            WHEN 'push' THEN c.value ->> 'branch'
            WHEN 'tag' THEN c.value ->> 'tag'
            WHEN 'delete' THEN COALESCE(c.value ->> 'tag', c.value ->> 'branch')
        END,
        c.value ->> 'before',
        c.value ->> 'commit_sha'
    FROM jsonb_array_elements(
        CASE
            WHEN p_event -> 'changes' NOT IN ('null', '[]')
            THEN p_event -> 'changes'
            ELSE jsonb_build_array(p_event)
        END
    ) WITH ORDINALITY c
$$;

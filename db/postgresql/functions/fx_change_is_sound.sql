-- Whether an event, or one of its changes, says what has happened to which ref.
CREATE FUNCTION fx_change_is_sound(p_change jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_change ->> 'event_type'
        WHEN 'push'
        THEN COALESCE(p_change ->> 'branch', '') <> ''
            AND COALESCE(p_change ->> 'commit_sha', '') <> ''
        WHEN 'tag'
        THEN COALESCE(p_change ->> 'tag', '') <> ''
            AND COALESCE(p_change ->> 'commit_sha', '') <> ''
        WHEN 'delete' THEN TRUE
        ELSE FALSE
    END
$$;

-- Whether an event touched one of the paths of an environment. When the event does not tell all
-- of its own, it did. A path that ends with a slash is a folder.
CREATE FUNCTION fx_paths_touched(p_touched jsonb, p_paths jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN COALESCE(jsonb_typeof(p_touched), '') <> 'array' THEN TRUE
        ELSE EXISTS (
            SELECT 1
            FROM jsonb_array_elements_text(p_touched) t,
                jsonb_array_elements_text(p_paths) p
            WHERE fx_glob(
                t.value, p.value || CASE WHEN p.value LIKE '%/' THEN '*' ELSE '' END
            )
        )
    END
$$;

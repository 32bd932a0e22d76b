-- A whole number of a registry document's settings; the default when it is absent, 0 when it is
-- no such number.
CREATE FUNCTION fx_setting(p_registry jsonb, p_name text, p_default integer) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN COALESCE(jsonb_typeof(p_registry -> 'settings' -> p_name), 'null') = 'null'
        THEN p_default
        WHEN p_registry -> 'settings' ->> p_name ~ '^[0-9]{1,6}$'
         AND jsonb_typeof(p_registry -> 'settings' -> p_name) = 'number'
        THEN (p_registry -> 'settings' ->> p_name)::integer
        ELSE 0
    END
$$;

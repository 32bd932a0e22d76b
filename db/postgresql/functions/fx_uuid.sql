-- A public id given as text; NULL when it is none, so that it is unknown and no error.
CREATE FUNCTION fx_uuid(p_id text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN p_id::uuid
    END
$$;

-- The environments of a registry document, in its order, each with the name of its fraise.
CREATE FUNCTION fx_registry_environment(p_registry jsonb) RETURNS TABLE (
    ordinal bigint,
    fraise text,
    name text,
    environment jsonb
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT row_number() OVER (), f.value ->> 'name', e.value ->> 'name', e.value
    FROM jsonb_array_elements(p_registry -> 'fraises') f,
        jsonb_array_elements(f.value -> 'environments') e
$$;

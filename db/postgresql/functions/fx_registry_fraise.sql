-- The fraises of a registry document, in its order.
CREATE FUNCTION fx_registry_fraise(p_registry jsonb) RETURNS TABLE (
    ordinal bigint,
    name text,
    fraise jsonb
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT f.ordinality, f.value ->> 'name', f.value
    FROM jsonb_array_elements(p_registry -> 'fraises') WITH ORDINALITY f
$$;

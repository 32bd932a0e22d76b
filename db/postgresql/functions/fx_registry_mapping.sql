-- The branch mapping of a registry document, in its order.
CREATE FUNCTION fx_registry_mapping(p_registry jsonb) RETURNS TABLE (
    ordinal bigint,
    branch text,
    fraise text,
    environment text
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT m.ordinality, m.value ->> 'branch', m.value ->> 'fraise', m.value ->> 'environment'
    FROM jsonb_array_elements(p_registry -> 'branch_mapping') WITH ORDINALITY m
$$;

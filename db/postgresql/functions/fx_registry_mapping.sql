-- The rules of a registry document, branches before tags, in its order.
CREATE FUNCTION fx_registry_mapping(p_registry jsonb) RETURNS TABLE (
    ordinal bigint,
    ref_type text,
    name text,
    fraise text,
    environment text
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT b.ordinality, 'branch', b.value ->> 'branch', b.value ->> 'fraise', b.value ->> 'environment'
    FROM jsonb_array_elements(NULLIF(p_registry -> 'branch_mapping', 'null')) WITH ORDINALITY b
    UNION ALL
    SELECT t.ordinality, 'tag', t.value ->> 'tag', t.value ->> 'fraise', t.value ->> 'environment'
    FROM jsonb_array_elements(NULLIF(p_registry -> 'tag_mapping', 'null')) WITH ORDINALITY t
$$;

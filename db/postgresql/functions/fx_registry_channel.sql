-- The notification channels of a registry document, in its order.
CREATE FUNCTION fx_registry_channel(p_registry jsonb) RETURNS TABLE (
    ordinal bigint,
    name text,
    events jsonb,
    fraises jsonb,
    environments jsonb
)
LANGUAGE sql IMMUTABLE AS $$
    SELECT
        c.ordinality,
        c.value ->> 'name',
        NULLIF(c.value -> 'events', 'null'),
        NULLIF(c.value -> 'fraises', 'null'),
        NULLIF(c.value -> 'environments', 'null')
    FROM jsonb_array_elements(p_registry -> 'notifications') WITH ORDINALITY c
$$;

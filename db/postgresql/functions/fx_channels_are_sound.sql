-- Whether the notification channels of a registry document mean something known.
CREATE FUNCTION fx_channels_are_sound(p_registry jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM fx_registry_channel(p_registry)
        WHERE COALESCE(name, '') = ''
           OR COALESCE(jsonb_typeof(events), '') <> 'array'
           OR COALESCE(jsonb_typeof(fraises), 'array') <> 'array'
           OR COALESCE(jsonb_typeof(environments), 'array') <> 'array'
    ) THEN
        RETURN FALSE;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM fx_registry_channel(p_registry)
        WHERE jsonb_array_length(events) = 0
           OR jsonb_array_length(events) <> (
               SELECT count(DISTINCT e.value)
               FROM jsonb_array_elements_text(events) e
               WHERE e.value IN ('started', 'succeeded', 'failed', 'rolled_back', 'cancelled')
           )
    ) THEN
        RETURN FALSE;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1
        FROM fx_registry_channel(p_registry)
        GROUP BY name
        HAVING count(*) > 1
    );
END
$$;

-- Whether everything in a registry document means something known.
CREATE FUNCTION fx_registry_is_sound(p_registry jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM fx_registry_fraise(p_registry) f
        WHERE COALESCE(f.fraise ->> 'type', '')
            NOT IN ('api', 'worker', 'etl', 'scheduled', 'backup', 'custom')
    ) THEN
        RETURN FALSE;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM fx_registry_environment(p_registry) e
        WHERE COALESCE(e.environment ->> 'provider', '') = ''
    ) THEN
        RETURN FALSE;
    END IF;
    IF fx_queue_limit(p_registry) NOT BETWEEN 1 AND 100000 THEN
        RETURN FALSE;
    END IF;
    IF NOT fx_channels_are_sound(p_registry) THEN
        RETURN FALSE;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1
        FROM fx_registry_mapping(p_registry) m
        WHERE NOT EXISTS (
            SELECT 1
            FROM fx_registry_environment(p_registry) e
            WHERE e.fraise = m.fraise
              AND e.name = m.environment
        )
    );
END
$$;

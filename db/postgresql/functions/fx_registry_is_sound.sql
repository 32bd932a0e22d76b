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
    IF fx_setting(p_registry, 'queue_limit', 1000) NOT BETWEEN 1 AND 100000 THEN
        RETURN FALSE;
    END IF;
    IF fx_setting(p_registry, 'reconcile_seconds', 300) NOT BETWEEN 1 AND 86400 THEN
        RETURN FALSE;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM fx_registry_fraise(p_registry) f
        WHERE COALESCE(jsonb_typeof(f.fraise -> 'reconcile'), 'null') NOT IN ('null', 'boolean')
    ) THEN
        RETURN FALSE;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM fx_registry_environment(p_registry) e
        WHERE COALESCE(jsonb_typeof(e.environment -> 'paths'), 'null') NOT IN ('null', 'array')
    ) THEN
        RETURN FALSE;
    END IF;
    IF NOT fx_channels_are_sound(p_registry) THEN
        RETURN FALSE;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1
        FROM fx_registry_mapping(p_registry) m
        WHERE COALESCE(m.name, '') = ''
           OR strpos(m.name, '[') > 0
           OR NOT EXISTS (
               SELECT 1
               FROM fx_registry_environment(p_registry) e
               WHERE e.fraise = m.fraise
                 AND e.name = m.environment
           )
    );
END
$$;

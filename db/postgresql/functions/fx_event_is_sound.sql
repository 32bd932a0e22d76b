-- Whether a webhook's event and all of its changes mean something known.
CREATE FUNCTION fx_event_is_sound(p_event jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF COALESCE(p_event ->> 'event_type', '') NOT IN ('ping', 'other')
       AND NOT fx_change_is_sound(p_event)
    THEN
        RETURN FALSE;
    END IF;
    IF COALESCE(jsonb_typeof(p_event -> 'changes'), 'null') NOT IN ('null', 'array') THEN
        RETURN FALSE;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1
        FROM jsonb_array_elements(NULLIF(p_event -> 'changes', 'null')) c
        WHERE NOT fx_change_is_sound(c.value)
    );
END
$$;

-- Whether these are scopes: at least one, known, each once.
CREATE FUNCTION fx_scopes_are_sound(p_scopes jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF COALESCE(jsonb_typeof(p_scopes), '') <> 'array' THEN
        RETURN FALSE;
    END IF;
    RETURN jsonb_array_length(p_scopes) > 0
       AND jsonb_array_length(p_scopes) = (
           SELECT count(DISTINCT s.value)
           FROM jsonb_array_elements_text(p_scopes) s
           WHERE s.value IN ('read', 'deploy', 'admin')
       );
END
$$;

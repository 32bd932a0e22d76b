-- Whether refs that a repository has are a list of refs with their commits, each once.
CREATE FUNCTION fx_refs_are_sound(p_refs jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF COALESCE(jsonb_typeof(p_refs), '') <> 'array' THEN
        RETURN FALSE;
    END IF;
    IF EXISTS (
        SELECT 1
        FROM jsonb_array_elements(p_refs) r
        WHERE COALESCE(r.value ->> 'ref_type', '') NOT IN ('branch', 'tag')
           OR COALESCE(r.value ->> 'name', '') = ''
           OR COALESCE(r.value ->> 'commit', '') !~ '^[0-9a-fA-F]{4,64}$'
    ) THEN
        RETURN FALSE;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1
        FROM jsonb_array_elements(p_refs) r
        GROUP BY r.value ->> 'ref_type', r.value ->> 'name'
        HAVING count(*) > 1
    );
END
$$;

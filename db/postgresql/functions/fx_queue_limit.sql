-- How many deployments may wait, as a registry document has it; 0 when that is no such number.
CREATE FUNCTION fx_queue_limit(p_registry jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN COALESCE(p_registry #>> '{settings,queue_limit}', '') = '' THEN 1000
        WHEN p_registry #>> '{settings,queue_limit}' ~ '^[0-9]{1,6}$'
         AND jsonb_typeof(p_registry #> '{settings,queue_limit}') = 'number'
        THEN (p_registry #>> '{settings,queue_limit}')::integer
        ELSE 0
    END
$$;

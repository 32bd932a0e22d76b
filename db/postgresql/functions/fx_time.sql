-- A time as everything outside the database sees it: RFC 3339, milliseconds, UTC.
CREATE FUNCTION fx_time(p_time timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT to_char(p_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

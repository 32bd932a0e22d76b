-- Whether a name is that of a pattern: * stands for any text, ? for one character, all else
-- for itself.
CREATE FUNCTION fx_glob(p_name text, p_pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_name LIKE
        translate(regexp_replace(p_pattern, '([\\%_])', '\\\1', 'g'), '*?', '%_')
$$;

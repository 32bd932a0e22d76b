-- Refuses an open command that would bring back a release whose code may not run on what newer
-- releases made of the database. NULL when it may, or when nobody asks.
CREATE FUNCTION fx_refuse_irreversible(
    p_command_id text,
    p_fraise text,
    p_environment text,
    p_target tb_release,
    p_force boolean
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_version text := (
        SELECT version
        FROM v_release
        WHERE fraise = p_fraise
          AND environment = p_environment
          AND pk_release > p_target.pk_release
          AND NOT backward_compatible
        ORDER BY pk_release DESC
        LIMIT 1
    );
BEGIN
    IF p_force OR l_version IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN fx_refuse(
        p_command_id,
        'migration-not-reversible',
        format(
            'Release %s of %s/%s changed the database in a way that %s may not run on.',
            l_version, p_fraise, p_environment, p_target.version
        )
    );
END
$$;

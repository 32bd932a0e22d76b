-- Refuses an open command because its fraise or its environment is unknown.
CREATE FUNCTION fx_refuse_target(
    p_command_id text,
    p_fraise text,
    p_environment text
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM tb_fraise
        WHERE name = p_fraise
          AND removed_at IS NULL
    ) THEN
        RETURN fx_refuse(
            p_command_id,
            'unknown-environment',
            format('The fraise "%s" has no environment "%s".', p_fraise, p_environment)
        );
    END IF;
    RETURN fx_refuse(
        p_command_id,
        'unknown-fraise',
        format('No fraise is called "%s".', p_fraise)
    );
END
$$;

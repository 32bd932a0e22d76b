-- Whether a rollback left this commit of an environment, so that only people may ask for it.
CREATE FUNCTION fx_is_held(
    p_environment tb_environment,
    p_trigger_type text,
    p_git_commit text
) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_trigger_type IN ('webhook', 'scheduled')
       AND EXISTS (
           SELECT 1
           FROM tb_fraise_state
           WHERE fk_environment = p_environment.pk_environment
             AND starts_with(held_commit, lower(p_git_commit))
       );
END
$$;

-- Makes the release of a deployment the current one of its environment. A rollback holds the
-- commit that it left, so that automation does not bring it back; one that came back to the
-- release that was current all the time holds what was held. A deployment lets it go.
CREATE FUNCTION fx_switch_release(p_deployment tb_deployment) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    l_left tb_release;
BEGIN
    SELECT r.* INTO l_left
    FROM tb_fraise_state s
    JOIN tb_release r ON r.pk_release = s.fk_current_release
    WHERE s.fk_environment = p_deployment.fk_environment;
    IF l_left.pk_release IS DISTINCT FROM p_deployment.fk_release THEN
        UPDATE tb_release SET retired_at = clock_timestamp()
        WHERE pk_release = l_left.pk_release;
        UPDATE tb_release SET
            deployed_at = clock_timestamp(),
            retired_at = NULL
        WHERE pk_release = p_deployment.fk_release;
    END IF;
    UPDATE tb_fraise_state SET
        current_version = p_deployment.new_version,
        fk_current_release = p_deployment.fk_release,
        last_deployed_at = clock_timestamp(),
        last_deployed_by = (
            SELECT requested_by FROM tb_deployment_request
            WHERE pk_deployment_request = p_deployment.fk_request
        ),
        target_provider = p_deployment.target_provider,
        held_commit = CASE
            WHEN p_deployment.kind <> 'rollback' THEN NULL
            WHEN l_left.pk_release = p_deployment.fk_release THEN held_commit
            ELSE l_left.git_commit
        END
    WHERE fk_environment = p_deployment.fk_environment;
END
$$;

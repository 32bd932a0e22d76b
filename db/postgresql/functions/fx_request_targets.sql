-- Requests a deployment of every target of a webhook; of several changes that reach one, the
-- last. Says why nothing was requested; NULL when something was.
CREATE FUNCTION fx_request_targets(p_command_id text, p_webhook tb_webhook_event) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    l_target record;
    l_code text;
    l_requested boolean := FALSE;
    l_full boolean := FALSE;
    l_reached boolean := FALSE;
BEGIN
    FOR l_target IN
        SELECT DISTINCT ON (pk_environment) *
        FROM fx_targets(p_webhook)
        WHERE obstacle IS NULL
        ORDER BY pk_environment, position DESC
    LOOP
        l_code := fx_request_target(
            p_command_id, p_webhook, l_target.pk_environment, l_target.fraise, l_target.branch,
            l_target.commit_sha
        );
        l_requested := l_requested OR l_code = 'requested';
        l_full := l_full OR l_code = 'queue-full';
        l_reached := TRUE;
    END LOOP;
    RETURN CASE
        WHEN l_requested THEN NULL
        WHEN l_full THEN 'queue-full'
        WHEN l_reached THEN 'held'
        ELSE fx_ignored_reason(p_webhook)
    END;
END
$$;

-- Requests a deployment of every target of a webhook; of several changes that reach one, the
-- last. Says why nothing was requested; NULL when something was.
CREATE FUNCTION fx_request_targets(p_command_id text, p_webhook tb_webhook_event) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    l_target record;
    l_answer mutation_response;
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
        l_answer := fn_request_deployment(
            p_fraise => l_target.fraise,
            p_environment => l_target.environment,
            p_trigger_type => 'webhook',
            p_git_branch => l_target.branch,
            p_git_commit => l_target.commit_sha,
            p_actor => COALESCE(p_webhook.replayed_by, p_webhook.sender),
            p_webhook_id => p_webhook.id::text,
            p_command_id => format(
                '%s/%s/%s', p_command_id, l_target.fraise, l_target.environment
            )
        );
        l_requested := l_requested OR l_answer.succeeded;
        l_full := l_full OR l_answer.status_detail = 'queue-full';
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

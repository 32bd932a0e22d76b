-- Requests a deployment of every target of a webhook; says why nothing was requested, NULL when
-- at least one was.
-- All targets are locked first: after the first event no further row may be waited for.
CREATE FUNCTION fx_request_targets(
    p_command_id text,
    p_webhook tb_webhook_event,
    p_repository_keys jsonb
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    l_target record;
    l_answer mutation_response;
    l_requested boolean := FALSE;
    l_full boolean := FALSE;
BEGIN
    PERFORM 1
    FROM tb_environment
    WHERE pk_environment IN (
        SELECT pk_environment FROM fx_targets(p_webhook.branch, p_repository_keys)
    )
    ORDER BY pk_environment
    FOR NO KEY UPDATE;
    FOR l_target IN
        SELECT f.name AS fraise, e.name AS environment
        FROM fx_targets(p_webhook.branch, p_repository_keys) e
        JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise
        ORDER BY e.pk_environment
    LOOP
        l_answer := fn_request_deployment(
            p_fraise => l_target.fraise,
            p_environment => l_target.environment,
            p_trigger_type => 'webhook',
            p_git_branch => p_webhook.branch,
            p_git_commit => p_webhook.commit_sha,
            p_actor => p_webhook.sender,
            p_webhook_id => p_webhook.id::text,
            p_command_id => format(
                '%s/%s/%s', p_command_id, l_target.fraise, l_target.environment
            )
        );
        l_requested := l_requested OR l_answer.succeeded;
        l_full := l_full OR l_answer.status_detail = 'queue-full';
    END LOOP;
    RETURN CASE
        WHEN l_requested THEN NULL
        WHEN l_full THEN 'queue-full'
        ELSE 'held'
    END;
END
$$;

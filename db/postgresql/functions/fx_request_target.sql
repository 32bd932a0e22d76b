-- Requests a deployment of one target of a webhook and says how that ended. Nobody asks for the
-- answer, so only a refusal is kept.
CREATE FUNCTION fx_request_target(
    p_command_id text,
    p_webhook tb_webhook_event,
    p_environment integer,
    p_fraise text,
    p_branch text,
    p_commit text
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    l_environment tb_environment;
    l_actor text := COALESCE(p_webhook.replayed_by, p_webhook.sender);
    l_command_id text;
BEGIN
    SELECT * INTO l_environment FROM tb_environment WHERE pk_environment = p_environment;
    l_command_id := format('%s/%s/%s', p_command_id, p_fraise, l_environment.name);
    IF p_commit ~ '^[0-9a-fA-F]{4,64}$'
       AND NOT fx_is_held(l_environment, 'webhook', p_commit)
       AND NOT fx_is_full(l_environment)
    THEN
        PERFORM fx_queue_deployment(
            l_command_id, l_environment, 'webhook', FALSE, p_branch, p_commit, l_actor,
            p_webhook.pk_webhook_event, NULL
        );
        RETURN 'requested';
    END IF;
    RETURN (
        fn_request_deployment(
            p_fraise => p_fraise,
            p_environment => l_environment.name,
            p_trigger_type => 'webhook',
            p_git_branch => p_branch,
            p_git_commit => p_commit,
            p_actor => l_actor,
            p_webhook_id => p_webhook.id::text,
            p_command_id => l_command_id
        )
    ).status_detail;
END
$$;

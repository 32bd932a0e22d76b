-- Requests what a look has found to be missing. The environments are locked by the caller.
CREATE FUNCTION fx_request_lost_pushes(
    p_command_id text,
    p_reconcile tb_reconcile,
    OUT requested integer,
    OUT is_full boolean,
    OUT cascade jsonb
)
LANGUAGE plpgsql AS $$
DECLARE
    l_push record;
    l_answer mutation_response;
BEGIN
    requested := 0;
    is_full := FALSE;
    FOR l_push IN SELECT * FROM fx_lost_pushes(p_reconcile) ORDER BY pk_environment LOOP
        l_answer := fn_request_deployment(
            p_fraise => l_push.fraise,
            p_environment => l_push.environment,
            p_trigger_type => 'scheduled',
            p_git_branch => l_push.branch,
            p_git_commit => l_push.commit_sha,
            p_actor => 'reconcile',
            p_command_id => format('%s/%s/%s', p_command_id, l_push.fraise, l_push.environment)
        );
        is_full := is_full OR l_answer.status_detail = 'queue-full';
        IF l_answer.succeeded THEN
            requested := requested + 1;
            cascade := jsonb_build_object(
                'updated',
                COALESCE(cascade -> 'updated', '[]')
                    || jsonb_build_object('type', 'Deployment', 'id', l_answer.entity_id)
            );
        END IF;
    END LOOP;
END
$$;

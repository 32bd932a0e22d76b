-- Answers a delivery that was seen before like the first time.
CREATE FUNCTION fx_answer_again(
    p_command_id text,
    p_webhook integer
) RETURNS mutation_response
LANGUAGE plpgsql AS $$
DECLARE
    l_first tb_command;
BEGIN
    SELECT c.* INTO l_first
    FROM tb_webhook_event w
    JOIN tb_command c ON c.command_id = w.command_id
    WHERE w.pk_webhook_event = p_webhook;
    RETURN fx_answer(
        p_command_id,
        l_first.status_detail,
        l_first.message,
        FALSE,
        l_first.entity_type,
        l_first.entity_id,
        l_first.entity,
        p_metadata => '{"replayed": true}',
        p_http_status => l_first.http_status
    );
END
$$;

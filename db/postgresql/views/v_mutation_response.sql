-- The answer to a command, as it was given the first time.
CREATE VIEW v_mutation_response AS
SELECT
    c.error_detail IS NULL AS succeeded,
    c.state_changed,
    e.error_class,
    c.status_detail,
    c.http_status::smallint AS http_status,
    c.message,
    c.entity_id,
    c.entity_type,
    c.entity,
    c.updated_fields,
    c.cascade,
    c.error_detail,
    c.metadata,
    c.command_id,
    c.function_name
FROM tb_command c
LEFT JOIN v_error_code e ON e.code = c.error_detail ->> 'code';

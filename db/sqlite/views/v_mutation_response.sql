-- The answer to a command, as it was given the first time. Only a refusal has to look
-- for what its code means.
CREATE VIEW v_mutation_response AS
SELECT
    c.error_detail IS NULL AS succeeded,
    c.state_changed,
    CASE
        WHEN c.error_detail IS NOT NULL
            THEN (SELECT error_class FROM v_error_code WHERE code = json_extract(c.error_detail, '$.code'))
    END AS error_class,
    c.status_detail,
    CASE
        WHEN c.http_status IS NOT NULL
            THEN c.http_status
        WHEN c.error_detail IS NOT NULL
            THEN (SELECT http_status FROM v_error_code WHERE code = json_extract(c.error_detail, '$.code'))
        ELSE 200
    END AS http_status,
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
FROM tb_command c;

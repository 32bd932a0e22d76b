-- What a fraise with rules follows: names and patterns of branches and of tags, each once, and
-- all rules with their environments, to tell whether they have changed.
CREATE VIEW fx_fraise_rules AS
SELECT
    f.pk_fraise,
    (
        SELECT json_group_array(name)
        FROM (
            SELECT DISTINCT m.name
            FROM tb_environment e
            JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
            WHERE e.fk_fraise = f.pk_fraise
                AND m.ref_type = 'branch'
            ORDER BY m.name
        )
    ) AS branches,
    (
        SELECT json_group_array(name)
        FROM (
            SELECT DISTINCT m.name
            FROM tb_environment e
            JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
            WHERE e.fk_fraise = f.pk_fraise
                AND m.ref_type = 'tag'
            ORDER BY m.name
        )
    ) AS tags,
    (
        SELECT json_group_array(json_array(ref_type, name, environment))
        FROM (
            SELECT m.ref_type, m.name, e.name AS environment
            FROM tb_environment e
            JOIN tb_ref_rule m ON m.fk_environment = e.pk_environment
            WHERE e.fk_fraise = f.pk_fraise
            ORDER BY m.ref_type, m.name, e.name
        )
    ) AS rules
FROM tb_fraise f;

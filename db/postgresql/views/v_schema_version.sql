-- The migrations that this database has.
CREATE VIEW v_schema_version AS
SELECT version, name, applied_at
FROM tb_schema_version;

-- How many deployments wait, and how many may.
CREATE VIEW fx_queue AS
SELECT
    COALESCE((SELECT queue_limit FROM tb_registry), 1000) AS queue_limit,
    (SELECT COUNT(*) FROM tb_deployment WHERE status = 'pending') AS waiting;

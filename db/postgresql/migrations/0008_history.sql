-- Version 8: what a list costs does not grow with the history.

-- Lists of one fraise, or of one environment of all of them, newest first.
CREATE INDEX ix_deployment_fraise ON tb_deployment (fraise, pk_deployment);
CREATE INDEX ix_deployment_environment ON tb_deployment (environment, pk_deployment);
-- What was started of late is counted from these alone.
CREATE INDEX ix_deployment_started ON tb_deployment (started_at, status, duration_seconds)
    WHERE started_at IS NOT NULL;
CREATE INDEX ix_deployment_fraise_started
    ON tb_deployment (fraise, started_at, status, duration_seconds)
    WHERE started_at IS NOT NULL;

INSERT INTO tb_schema_version (version, name) VALUES (8, 'history');

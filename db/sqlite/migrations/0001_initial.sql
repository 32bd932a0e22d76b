-- Version 0.1: the tables and views as they were first published.

-- Deployment requests (command queue)
CREATE TABLE tb_deployment_request (
    id INTEGER PRIMARY KEY,
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    requested_by TEXT,
    trigger_type TEXT NOT NULL,  -- webhook, manual, api, scheduled
    status TEXT DEFAULT 'pending',  -- pending, processing, completed, failed
    git_branch TEXT,
    git_commit TEXT,
    target_provider TEXT,
    target_config TEXT  -- JSON
);

-- Deployment history
CREATE TABLE tb_deployment (
    id INTEGER PRIMARY KEY,
    fk_request INTEGER REFERENCES tb_deployment_request(id),
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    started_at TEXT NOT NULL,
    completed_at TEXT,
    duration_seconds REAL,
    old_version TEXT,
    new_version TEXT,
    status TEXT NOT NULL,
    target_provider TEXT,
    git_commit TEXT,
    git_branch TEXT,
    error_message TEXT,
    details TEXT  -- JSON
);

-- Fraise state
CREATE TABLE tb_fraise_state (
    id INTEGER PRIMARY KEY,
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    current_version TEXT,
    last_deployed_at TEXT,
    last_deployed_by TEXT,
    status TEXT DEFAULT 'unknown',
    target_provider TEXT,
    UNIQUE(fraise, environment)
);

-- Webhook events
CREATE TABLE tb_webhook_event (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    provider TEXT NOT NULL,
    event_type TEXT NOT NULL,
    branch TEXT,
    commit_sha TEXT,
    sender TEXT,
    payload TEXT,
    processed INTEGER DEFAULT 0,
    fk_deployment INTEGER REFERENCES tb_deployment(id)
);

-- Fraise status with latest deployment
CREATE VIEW v_fraise_status AS
SELECT
    fs.fraise,
    fs.environment,
    fs.current_version,
    fs.status,
    fs.target_provider,
    fs.last_deployed_at,
    d.duration_seconds as last_deploy_duration,
    d.git_commit as last_git_commit
FROM tb_fraise_state fs
LEFT JOIN tb_deployment d ON d.id = (
    SELECT id FROM tb_deployment
    WHERE fraise = fs.fraise AND environment = fs.environment
    ORDER BY started_at DESC LIMIT 1
);

-- Deployment history
CREATE VIEW v_deployment_history AS
SELECT
    id,
    fraise,
    environment,
    started_at,
    completed_at,
    duration_seconds,
    old_version || ' → ' || new_version as version_change,
    status,
    target_provider,
    git_commit,
    error_message
FROM tb_deployment
ORDER BY started_at DESC;

-- Stats per fraise/environment
CREATE VIEW v_deployment_stats AS
SELECT
    fraise,
    environment,
    COUNT(*) as total,
    SUM(CASE WHEN status = 'success' THEN 1 ELSE 0 END) as successful,
    SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) as failed,
    AVG(duration_seconds) as avg_duration,
    ROUND(100.0 * SUM(CASE WHEN status = 'success' THEN 1 ELSE 0 END) / COUNT(*), 1) as success_rate
FROM tb_deployment
WHERE started_at >= date('now', '-30 days')
GROUP BY fraise, environment;

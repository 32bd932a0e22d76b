-- From the tables of version 0.1 to today's, without losing a row.
--
-- Old integer ids become primary keys. Fraises and environments that only old rows
-- name become registry rows marked removed, until a sync of fraises.yaml names them.
-- Nobody holds a lease on what was running: it failed, its worker is lost.

DROP VIEW IF EXISTS v_fraise_status;
DROP VIEW IF EXISTS v_deployment_history;
DROP VIEW IF EXISTS v_deployment_stats;

ALTER TABLE tb_deployment_request RENAME TO old_deployment_request;
ALTER TABLE tb_deployment RENAME TO old_deployment;
ALTER TABLE tb_fraise_state RENAME TO old_fraise_state;
ALTER TABLE tb_webhook_event RENAME TO old_webhook_event;

-- Idempotency: one row per command, with the answer that was given the first time.
CREATE TABLE tb_command (
    pk_command INTEGER PRIMARY KEY AUTOINCREMENT,
    command_id TEXT NOT NULL UNIQUE,
    function_name TEXT NOT NULL,
    issued_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    status_detail TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    state_changed INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER,
    entity_id TEXT,
    entity_type TEXT,
    entity TEXT,
    updated_fields TEXT,
    cascade TEXT,
    error_detail TEXT,
    metadata TEXT
);

-- The registry, as the last sync of fraises.yaml left it.
CREATE TABLE tb_fraise (
    pk_fraise INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    name TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL CHECK (type IN ('api', 'worker', 'etl', 'scheduled', 'backup', 'custom')),
    description TEXT,
    git_provider TEXT,
    repository TEXT,
    repository_key TEXT,
    database TEXT,
    config TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    removed_at TEXT
);

CREATE TABLE tb_environment (
    pk_environment INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_fraise INTEGER NOT NULL REFERENCES tb_fraise (pk_fraise),
    name TEXT NOT NULL,
    target_provider TEXT NOT NULL,
    target_config TEXT NOT NULL DEFAULT '{}',
    database TEXT,
    config TEXT NOT NULL DEFAULT '{}',
    jobs TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    removed_at TEXT,
    UNIQUE (fk_fraise, name)
);

CREATE TABLE tb_branch_mapping (
    pk_branch_mapping INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    branch TEXT NOT NULL,
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    UNIQUE (branch, fk_environment)
);

CREATE INDEX ix_branch_mapping_environment ON tb_branch_mapping (fk_environment, branch);
-- A fraise's environments in the order of fraises.yaml.
CREATE INDEX ix_environment_fraise ON tb_environment (fk_fraise, pk_environment);

-- One row: the registry document of the last sync, to tell whether the next one differs.
CREATE TABLE tb_registry (
    pk_registry INTEGER PRIMARY KEY CHECK (pk_registry = 1),
    document TEXT NOT NULL,
    synced_at TEXT NOT NULL
);

-- Everything that was pushed at the webhook receiver and accepted.
CREATE TABLE tb_webhook_event (
    pk_webhook_event INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    provider TEXT NOT NULL,
    hook TEXT NOT NULL DEFAULT 'default',
    delivery_id TEXT NOT NULL,
    event_type TEXT NOT NULL CHECK (event_type IN ('push', 'tag', 'delete', 'ping', 'other')),
    native_event TEXT,
    repository TEXT,
    branch TEXT,
    tag TEXT,
    commit_sha TEXT,
    sender TEXT,
    payload TEXT,
    processed INTEGER NOT NULL DEFAULT 0,
    ignored_reason TEXT,
    command_id TEXT NOT NULL UNIQUE,
    UNIQUE (provider, hook, delivery_id)
);

-- The command queue.
CREATE TABLE tb_deployment_request (
    pk_deployment_request INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    fk_webhook_event INTEGER REFERENCES tb_webhook_event (pk_webhook_event),
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    requested_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    requested_by TEXT,
    trigger_type TEXT NOT NULL CHECK (trigger_type IN ('webhook', 'manual', 'api', 'scheduled')),
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'superseded', 'cancelled')),
    force INTEGER NOT NULL DEFAULT 0,
    git_branch TEXT,
    git_commit TEXT,
    target_provider TEXT NOT NULL,
    target_config TEXT NOT NULL DEFAULT '{}',
    command_id TEXT NOT NULL UNIQUE
);

-- What can be served: immutable once written, except for when it went live and when it stopped.
CREATE TABLE tb_release (
    pk_release INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    deployment_id TEXT UNIQUE,
    version TEXT NOT NULL,
    git_commit TEXT NOT NULL,
    artifact_digest TEXT,
    config TEXT NOT NULL DEFAULT '{}',
    migration_head TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    deployed_at TEXT,
    retired_at TEXT
);

CREATE TABLE tb_deployment (
    pk_deployment INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_request INTEGER NOT NULL UNIQUE REFERENCES tb_deployment_request (pk_deployment_request),
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    fk_release INTEGER REFERENCES tb_release (pk_release),
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'deploy' CHECK (kind IN ('deploy', 'rollback')),
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'in_progress', 'success', 'failed', 'rolled_back', 'superseded', 'cancelled')),
    started_at TEXT,
    completed_at TEXT,
    duration_seconds REAL,
    old_version TEXT,
    new_version TEXT,
    target_provider TEXT NOT NULL,
    git_commit TEXT,
    git_branch TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    superseded_by TEXT,
    cancel_requested_at TEXT,
    cutover_at TEXT,
    error_code TEXT,
    error_message TEXT,
    details TEXT
);

-- The guard behind the guards: never two at work on one environment.
CREATE UNIQUE INDEX ix_deployment_active ON tb_deployment (fk_environment) WHERE status = 'in_progress';
-- What has not ended is little, however long the history grows.
CREATE INDEX ix_deployment_open ON tb_deployment (status, fk_environment, pk_deployment)
    WHERE status = 'pending' OR status = 'in_progress';
CREATE INDEX ix_deployment_name ON tb_deployment (fraise, environment, pk_deployment);
CREATE INDEX ix_request_webhook ON tb_deployment_request (fk_webhook_event)
    WHERE fk_webhook_event IS NOT NULL;
CREATE INDEX ix_release_environment ON tb_release (fk_environment, pk_release);

CREATE TABLE tb_deployment_step (
    pk_deployment_step INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_deployment INTEGER NOT NULL REFERENCES tb_deployment (pk_deployment),
    attempt INTEGER NOT NULL,
    step TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'succeeded', 'failed', 'skipped')),
    progress INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    detail TEXT,
    started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    completed_at TEXT,
    UNIQUE (fk_deployment, attempt, step)
);

-- Who may write for an environment. The token only grows; the row stays for ever.
CREATE TABLE tb_lease (
    pk_lease INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_environment INTEGER NOT NULL UNIQUE REFERENCES tb_environment (pk_environment),
    fk_deployment INTEGER NOT NULL UNIQUE REFERENCES tb_deployment (pk_deployment),
    fencing_token INTEGER NOT NULL,
    owner TEXT NOT NULL,
    acquired_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    released_at TEXT
);

CREATE TABLE tb_fraise_state (
    pk_fraise_state INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_environment INTEGER NOT NULL UNIQUE REFERENCES tb_environment (pk_environment),
    fk_current_release INTEGER REFERENCES tb_release (pk_release),
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    current_version TEXT,
    last_deployed_at TEXT,
    last_deployed_by TEXT,
    status TEXT NOT NULL DEFAULT 'unknown' CHECK (status IN ('healthy', 'degraded', 'down', 'unknown')),
    status_message TEXT,
    target_provider TEXT,
    held_commit TEXT,
    UNIQUE (fraise, environment)
);

CREATE TABLE tb_worker (
    pk_worker INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    worker TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('running', 'stopped')),
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

-- The event log: append-only; every stream reads it and resumes from a number.
CREATE TABLE tb_event (
    pk_event INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    occurred_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    event_type TEXT NOT NULL,
    entity_type TEXT,
    entity_id TEXT,
    fraise TEXT,
    environment TEXT,
    payload TEXT NOT NULL DEFAULT '{}',
    command_id TEXT
);

CREATE INDEX ix_event_entity ON tb_event (entity_id, pk_event);

CREATE TABLE tb_schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

-- The registry, as far as old rows tell.
INSERT INTO tb_fraise (name, type, removed_at)
SELECT fraise, 'custom', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
FROM (
    SELECT fraise FROM old_fraise_state
    UNION
    SELECT fraise FROM old_deployment
    UNION
    SELECT fraise FROM old_deployment_request
)
ORDER BY fraise;

INSERT INTO tb_environment (fk_fraise, name, target_provider, removed_at)
SELECT
    f.pk_fraise,
    o.environment,
    COALESCE(MAX(o.target_provider), 'bare-metal'),
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
FROM (
    SELECT fraise, environment, target_provider FROM old_fraise_state
    UNION ALL
    SELECT fraise, environment, target_provider FROM old_deployment
    UNION ALL
    SELECT fraise, environment, target_provider FROM old_deployment_request
) o
JOIN tb_fraise f ON f.name = o.fraise
GROUP BY f.pk_fraise, o.environment
ORDER BY f.pk_fraise, o.environment;

CREATE VIEW old_environment AS
SELECT e.pk_environment, e.target_provider, f.name AS fraise, e.name AS environment
FROM tb_environment e
JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise;

INSERT INTO tb_fraise_state (
    pk_fraise_state, fk_environment, fraise, environment, current_version, last_deployed_at, last_deployed_by,
    status, target_provider
)
SELECT
    o.id,
    e.pk_environment,
    o.fraise,
    o.environment,
    o.current_version,
    COALESCE(strftime('%Y-%m-%dT%H:%M:%fZ', o.last_deployed_at), o.last_deployed_at),
    o.last_deployed_by,
    CASE WHEN lower(o.status) IN ('healthy', 'degraded', 'down') THEN lower(o.status) ELSE 'unknown' END,
    o.target_provider
FROM old_fraise_state o
JOIN old_environment e USING (fraise, environment)
ORDER BY o.id;

INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
SELECT pk_environment, fraise, environment
FROM old_environment e
WHERE NOT EXISTS (SELECT 1 FROM tb_fraise_state s WHERE s.fk_environment = e.pk_environment)
ORDER BY pk_environment;

INSERT INTO tb_webhook_event (
    pk_webhook_event, received_at, provider, delivery_id, event_type, native_event, branch, commit_sha, sender,
    payload, processed, command_id
)
SELECT
    id,
    COALESCE(strftime('%Y-%m-%dT%H:%M:%fZ', received_at), received_at),
    lower(provider),
    'legacy-' || id,
    CASE WHEN lower(event_type) IN ('push', 'tag', 'delete', 'ping') THEN lower(event_type) ELSE 'other' END,
    event_type,
    branch,
    commit_sha,
    sender,
    payload,
    COALESCE(processed, 0) <> 0,
    'legacy-webhook-' || id
FROM old_webhook_event
ORDER BY id;

-- A request that waits keeps waiting when it is the newest of its environment.
INSERT INTO tb_deployment_request (
    pk_deployment_request, fk_environment, fk_webhook_event, fraise, environment, requested_at, requested_by,
    trigger_type, status, git_branch, git_commit, target_provider, target_config, command_id
)
SELECT
    o.id,
    e.pk_environment,
    (SELECT MIN(w.id) FROM old_webhook_event w JOIN old_deployment d ON d.id = w.fk_deployment WHERE d.fk_request = o.id),
    o.fraise,
    o.environment,
    COALESCE(strftime('%Y-%m-%dT%H:%M:%fZ', o.requested_at), o.requested_at),
    o.requested_by,
    CASE
        WHEN lower(o.trigger_type) IN ('webhook', 'manual', 'api', 'scheduled') THEN lower(o.trigger_type)
        ELSE 'manual'
    END,
    CASE
        WHEN lower(o.status) = 'completed' THEN 'completed'
        WHEN COALESCE(lower(o.status), 'pending') <> 'pending' THEN 'failed'
        WHEN EXISTS (
            SELECT 1
            FROM old_deployment_request n
            WHERE n.fraise = o.fraise
                AND n.environment = o.environment
                AND n.id > o.id
        ) THEN 'superseded'
        ELSE 'pending'
    END,
    o.git_branch,
    o.git_commit,
    COALESCE(o.target_provider, e.target_provider),
    CASE WHEN json_valid(o.target_config) THEN o.target_config ELSE '{}' END,
    'legacy-request-' || o.id
FROM old_deployment_request o
JOIN old_environment e USING (fraise, environment)
ORDER BY o.id;

-- A deployment without a request of its own gets one.
INSERT INTO tb_deployment_request (
    fk_environment, fk_webhook_event, fraise, environment, requested_at, trigger_type, status, git_branch,
    git_commit, target_provider, command_id
)
SELECT
    e.pk_environment,
    (SELECT MIN(w.id) FROM old_webhook_event w WHERE w.fk_deployment = o.id),
    o.fraise,
    o.environment,
    COALESCE(strftime('%Y-%m-%dT%H:%M:%fZ', o.started_at), o.started_at),
    'manual',
    CASE WHEN lower(o.status) IN ('success', 'completed') THEN 'completed' ELSE 'failed' END,
    o.git_branch,
    o.git_commit,
    COALESCE(o.target_provider, e.target_provider),
    'legacy-deployment-' || o.id
FROM old_deployment o
JOIN old_environment e USING (fraise, environment)
WHERE NOT EXISTS (SELECT 1 FROM old_deployment_request r WHERE r.id = o.fk_request)
    OR EXISTS (
        SELECT 1
        FROM old_deployment earlier
        WHERE earlier.fk_request = o.fk_request
            AND earlier.id < o.id
    )
ORDER BY o.id;

-- What had not ended failed: started_at was never empty, so it had been begun.
INSERT INTO tb_deployment (
    pk_deployment, fk_request, fk_environment, fraise, environment, status, started_at, completed_at,
    duration_seconds, old_version, new_version, target_provider, git_commit, git_branch, attempt, error_code,
    error_message, details
)
SELECT
    o.id,
    r.pk_deployment_request,
    r.fk_environment,
    o.fraise,
    o.environment,
    CASE
        WHEN lower(o.status) IN ('success', 'completed') THEN 'success'
        WHEN lower(o.status) = 'rolled_back' THEN 'rolled_back'
        ELSE 'failed'
    END,
    COALESCE(strftime('%Y-%m-%dT%H:%M:%fZ', o.started_at), o.started_at),
    COALESCE(
        strftime('%Y-%m-%dT%H:%M:%fZ', o.completed_at), o.completed_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    ),
    o.duration_seconds,
    o.old_version,
    o.new_version,
    r.target_provider,
    o.git_commit,
    o.git_branch,
    1,
    CASE
        WHEN lower(o.status) IN ('pending', 'in_progress', 'processing') THEN 'worker-lost'
        WHEN lower(o.status) NOT IN ('success', 'completed') THEN 'deployment-failed'
    END,
    CASE
        WHEN lower(o.status) IN ('pending', 'in_progress', 'processing')
            THEN COALESCE(o.error_message, 'It was running when the database was migrated.')
        ELSE o.error_message
    END,
    CASE WHEN json_valid(o.details) THEN o.details ELSE json_quote(o.details) END
FROM old_deployment o
JOIN tb_deployment_request r ON r.command_id = COALESCE(
    (SELECT made.command_id FROM tb_deployment_request made WHERE made.command_id = 'legacy-deployment-' || o.id),
    'legacy-request-' || o.fk_request
)
ORDER BY o.id;

-- A request that began has ended with its deployment.
UPDATE tb_deployment_request
SET status = CASE
    WHEN (
        SELECT d.status FROM tb_deployment d WHERE d.fk_request = pk_deployment_request
    ) = 'success' THEN 'completed'
    ELSE 'failed'
END
WHERE pk_deployment_request IN (SELECT fk_request FROM tb_deployment);

-- A request that never began has a deployment now that waits, or ended without a start.
INSERT INTO tb_deployment (
    fk_request, fk_environment, fraise, environment, status, completed_at, target_provider, git_commit, git_branch,
    error_code
)
SELECT
    r.pk_deployment_request,
    r.fk_environment,
    r.fraise,
    r.environment,
    CASE r.status WHEN 'completed' THEN 'success' ELSE r.status END,
    CASE WHEN r.status <> 'pending' THEN strftime('%Y-%m-%dT%H:%M:%fZ', 'now') END,
    r.target_provider,
    r.git_commit,
    r.git_branch,
    CASE r.status WHEN 'superseded' THEN 'superseded' WHEN 'failed' THEN 'deployment-failed' END
FROM tb_deployment_request r
WHERE NOT EXISTS (SELECT 1 FROM tb_deployment d WHERE d.fk_request = r.pk_deployment_request)
ORDER BY r.pk_deployment_request;

DROP VIEW old_environment;
DROP TABLE old_webhook_event;
DROP TABLE old_deployment;
DROP TABLE old_deployment_request;
DROP TABLE old_fraise_state;

INSERT INTO tb_schema_version (version, name) VALUES (1, 'initial'), (2, 'foundation');

-- Version 7: a push costs less.
--
-- A list of values in a CHECK is a table for the time being at every row that a trigger writes:
-- the same values are spelled out. Nobody looks for the command of a webhook or of a request, and
-- tb_command has no command twice. A table is copied, made anew and filled again: every row stays.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE old_webhook_event AS SELECT * FROM tb_webhook_event;
DROP TABLE tb_webhook_event;

CREATE TABLE tb_webhook_event (
    pk_webhook_event INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    provider TEXT NOT NULL,
    hook TEXT NOT NULL DEFAULT 'default',
    delivery_id TEXT NOT NULL,
    event_type TEXT NOT NULL CHECK (event_type = 'push' OR event_type = 'tag' OR event_type = 'delete' OR event_type = 'ping' OR event_type = 'other'),
    native_event TEXT,
    repository TEXT,
    branch TEXT,
    tag TEXT,
    commit_sha TEXT,
    sender TEXT,
    payload TEXT,
    processed INTEGER NOT NULL DEFAULT 0,
    ignored_reason TEXT,
    command_id TEXT NOT NULL,
    event TEXT,
    fk_replayed_from INTEGER REFERENCES tb_webhook_event (pk_webhook_event),
    replayed_by TEXT,
    UNIQUE (provider, hook, delivery_id)
);

INSERT INTO tb_webhook_event SELECT * FROM old_webhook_event;
DROP TABLE old_webhook_event;

CREATE INDEX ix_webhook_event_replayed ON tb_webhook_event (fk_replayed_from, pk_webhook_event)
    WHERE fk_replayed_from IS NOT NULL;
CREATE INDEX ix_webhook_event_body ON tb_webhook_event (provider, hook, json_extract(event, '$.payload_digest'))
    WHERE fk_replayed_from IS NULL;
CREATE INDEX ix_webhook_event_ref ON tb_webhook_event (repository, branch, tag)
    WHERE fk_replayed_from IS NULL;

CREATE TABLE old_deployment_request AS SELECT * FROM tb_deployment_request;
DROP TABLE tb_deployment_request;

CREATE TABLE tb_deployment_request (
    pk_deployment_request INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    fk_webhook_event INTEGER REFERENCES tb_webhook_event (pk_webhook_event),
    fraise TEXT NOT NULL,
    environment TEXT NOT NULL,
    requested_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    requested_by TEXT,
    trigger_type TEXT NOT NULL CHECK (trigger_type = 'webhook' OR trigger_type = 'manual' OR trigger_type = 'api' OR trigger_type = 'scheduled'),
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status = 'pending' OR status = 'processing' OR status = 'completed' OR status = 'failed' OR status = 'superseded' OR status = 'cancelled'),
    force INTEGER NOT NULL DEFAULT 0,
    git_branch TEXT,
    git_commit TEXT,
    target_provider TEXT NOT NULL,
    target_config TEXT NOT NULL DEFAULT '{}',
    command_id TEXT NOT NULL
);

INSERT INTO tb_deployment_request SELECT * FROM old_deployment_request;
DROP TABLE old_deployment_request;

CREATE INDEX ix_request_webhook ON tb_deployment_request (fk_webhook_event)
    WHERE fk_webhook_event IS NOT NULL;

CREATE TABLE old_deployment AS SELECT * FROM tb_deployment;
DROP TABLE tb_deployment;

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
        CHECK (status = 'pending' OR status = 'in_progress' OR status = 'success' OR status = 'failed' OR status = 'rolled_back' OR status = 'superseded' OR status = 'cancelled'),
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

INSERT INTO tb_deployment SELECT * FROM old_deployment;
DROP TABLE old_deployment;

CREATE UNIQUE INDEX ix_deployment_active ON tb_deployment (fk_environment) WHERE status = 'in_progress';
CREATE INDEX ix_deployment_open ON tb_deployment (status, fk_environment, pk_deployment)
    WHERE status = 'pending' OR status = 'in_progress';
CREATE INDEX ix_deployment_name ON tb_deployment (fraise, environment, pk_deployment);

INSERT INTO tb_schema_version (version, name) VALUES (7, 'pushes');

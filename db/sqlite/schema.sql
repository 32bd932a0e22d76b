-- The tables of Fraisier's own database. Names and rules: db/README.md.

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
    removed_at TEXT,
    only_provider TEXT
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
    paths TEXT,
    UNIQUE (fk_fraise, name)
);

-- What is deployed where: names of branches and of tags, or patterns of them.
CREATE TABLE tb_ref_rule (
    pk_ref_rule INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    ref_type TEXT NOT NULL CHECK (ref_type IN ('branch', 'tag')),
    name TEXT NOT NULL,
    fk_environment INTEGER NOT NULL REFERENCES tb_environment (pk_environment),
    UNIQUE (ref_type, name, fk_environment)
);

CREATE INDEX ix_ref_rule_environment ON tb_ref_rule (fk_environment, ref_type, name);
-- Names are looked up; patterns have to be tried, and most registries have few.
CREATE INDEX ix_ref_rule_pattern ON tb_ref_rule (ref_type, name)
    WHERE name GLOB '*[*?]*';
-- A fraise's environments in the order of fraises.yaml.
CREATE INDEX ix_environment_fraise ON tb_environment (fk_fraise, pk_environment);

-- One row: the registry document of the last sync, to tell whether the next one differs.
CREATE TABLE tb_registry (
    pk_registry INTEGER PRIMARY KEY CHECK (pk_registry = 1),
    document TEXT NOT NULL,
    synced_at TEXT NOT NULL,
    queue_limit INTEGER NOT NULL DEFAULT 1000,
    reconcile_seconds INTEGER NOT NULL DEFAULT 300
);

-- Everything that was pushed at the webhook receiver and accepted.
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

CREATE INDEX ix_webhook_event_replayed ON tb_webhook_event (fk_replayed_from, pk_webhook_event)
    WHERE fk_replayed_from IS NOT NULL;

-- Only the body of a webhook is signed, not its id: the same one again is looked up by this.
CREATE INDEX ix_webhook_event_body ON tb_webhook_event (provider, hook, json_extract(event, '$.payload_digest'))
    WHERE fk_replayed_from IS NULL;

-- The newest webhook of a branch or tag is looked up when a body comes again.
CREATE INDEX ix_webhook_event_ref ON tb_webhook_event (repository, branch, tag)
    WHERE fk_replayed_from IS NULL;

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

-- What can be served: immutable once written, except for when it went live, when it stopped, and
-- to which schema it brought the database of the fraise.
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

-- The guard behind the guards: never two at work on one environment.
CREATE UNIQUE INDEX ix_deployment_active ON tb_deployment (fk_environment) WHERE status = 'in_progress';
-- What has not ended is little, however long the history grows.
CREATE INDEX ix_deployment_open ON tb_deployment (status, fk_environment, pk_deployment)
    WHERE status = 'pending' OR status = 'in_progress';
CREATE INDEX ix_deployment_name ON tb_deployment (fraise, environment, pk_deployment);
-- Lists of one fraise, or of one environment of all of them, newest first.
CREATE INDEX ix_deployment_fraise ON tb_deployment (fraise, pk_deployment);
CREATE INDEX ix_deployment_environment ON tb_deployment (environment, pk_deployment);
-- What was started of late is counted from these alone.
CREATE INDEX ix_deployment_started ON tb_deployment (started_at, status, duration_seconds)
    WHERE started_at IS NOT NULL;
CREATE INDEX ix_deployment_fraise_started
    ON tb_deployment (fraise, started_at, status, duration_seconds)
    WHERE started_at IS NOT NULL;
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

-- What deployments have done to the databases of fraises, as entries of the release that they
-- brought. Older code may not run on what is not backward compatible.
CREATE TABLE tb_release_migration (
    pk_release_migration INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_release INTEGER NOT NULL REFERENCES tb_release (pk_release),
    fk_deployment INTEGER NOT NULL REFERENCES tb_deployment (pk_deployment),
    migration_head TEXT NOT NULL,
    backward_compatible INTEGER NOT NULL,
    detail TEXT,
    recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

CREATE INDEX ix_release_migration_release
    ON tb_release_migration (fk_release, pk_release_migration);
CREATE INDEX ix_release_migration_deployment ON tb_release_migration (fk_deployment);

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

-- Who wants to hear of deployments. Where that is and with what secret, the implementation knows.
CREATE TABLE tb_notification_channel (
    pk_notification_channel INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    name TEXT NOT NULL UNIQUE,
    events TEXT NOT NULL,
    fraises TEXT,
    environments TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    removed_at TEXT
);

-- The outbox: written with the event, sent by whoever claims it. The claim only grows.
CREATE TABLE tb_notification (
    pk_notification INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_event INTEGER NOT NULL REFERENCES tb_event (pk_event),
    fk_channel INTEGER NOT NULL REFERENCES tb_notification_channel (pk_notification_channel),
    fk_deployment INTEGER NOT NULL REFERENCES tb_deployment (pk_deployment),
    kind TEXT NOT NULL CHECK (kind IN ('started', 'succeeded', 'failed', 'rolled_back', 'cancelled')),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'delivered', 'failed', 'expired')),
    attempts INTEGER NOT NULL DEFAULT 0,
    claim INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    claimed_until TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    next_attempt_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    completed_at TEXT,
    error TEXT,
    UNIQUE (fk_event, fk_channel)
);

-- What waits is little, however many were sent.
CREATE INDEX ix_notification_pending ON tb_notification (pk_notification)
    WHERE state = 'pending';

-- Fraises whose repository is asked for pushes that no webhook told of. as_of is the newest
-- webhook at the last look, asked_as_of that at the claim; both are numbers of webhooks.
CREATE TABLE tb_reconcile (
    pk_reconcile INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_fraise INTEGER NOT NULL UNIQUE REFERENCES tb_fraise (pk_fraise),
    as_of INTEGER NOT NULL,
    rules TEXT,
    claim INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    claimed_until TEXT,
    asked_as_of INTEGER,
    asked_rules TEXT,
    next_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    completed_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT
);

-- What was there at the last look. found_sha and told are only set while a look is taken: what is
-- there now, and what webhooks have told of it since.
CREATE TABLE tb_seen_ref (
    pk_seen_ref INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    fk_reconcile INTEGER NOT NULL REFERENCES tb_reconcile (pk_reconcile),
    ref_type TEXT NOT NULL CHECK (ref_type IN ('branch', 'tag')),
    name TEXT NOT NULL,
    commit_sha TEXT,
    found_sha TEXT,
    told TEXT CHECK (told IN ('known', 'later')),
    seen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (fk_reconcile, ref_type, name)
);

-- Tokens of the API. Only the digest (SHA-256, hexadecimal) of a token is known here.
CREATE TABLE tb_api_token (
    pk_api_token INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    created_by TEXT,
    expires_at TEXT,
    revoked_at TEXT,
    revoked_by TEXT,
    last_used_at TEXT
);

-- A name is free again once its token is revoked.
CREATE UNIQUE INDEX ix_api_token_name ON tb_api_token (name)
    WHERE revoked_at IS NULL;

CREATE TABLE tb_schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

INSERT INTO tb_schema_version (version, name) VALUES (1, 'initial'), (2, 'foundation'), (3, 'engine'), (4, 'forges'), (5, 'api_token'), (6, 'webhooks'), (7, 'pushes'), (8, 'history');

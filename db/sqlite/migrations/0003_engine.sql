-- What the engine needs: the migrations of fraises, a limit to the queue, notifications.

CREATE TABLE old_registry AS SELECT * FROM tb_registry;

DROP TABLE tb_registry;

-- One row: the registry document of the last sync, to tell whether the next one differs.
CREATE TABLE tb_registry (
    pk_registry INTEGER PRIMARY KEY CHECK (pk_registry = 1),
    document TEXT NOT NULL,
    synced_at TEXT NOT NULL,
    queue_limit INTEGER NOT NULL DEFAULT 1000
);

INSERT INTO tb_registry (pk_registry, document, synced_at)
SELECT pk_registry, document, synced_at FROM old_registry;

DROP TABLE old_registry;

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

INSERT INTO tb_schema_version (version, name) VALUES (3, 'engine');

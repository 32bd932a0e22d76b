-- What the forges need: patterns, tags and paths in routing, replays, lost pushes found again.

ALTER TABLE tb_fraise ADD COLUMN only_provider TEXT;
ALTER TABLE tb_environment ADD COLUMN paths TEXT;
ALTER TABLE tb_registry ADD COLUMN reconcile_seconds INTEGER NOT NULL DEFAULT 300;
ALTER TABLE tb_webhook_event ADD COLUMN event TEXT;
ALTER TABLE tb_webhook_event
    ADD COLUMN fk_replayed_from INTEGER REFERENCES tb_webhook_event (pk_webhook_event);
ALTER TABLE tb_webhook_event ADD COLUMN replayed_by TEXT;

CREATE INDEX ix_webhook_event_replayed ON tb_webhook_event (fk_replayed_from, pk_webhook_event)
    WHERE fk_replayed_from IS NOT NULL;

-- Only the body of a webhook is signed, not its id: the same one again is looked up by this.
CREATE INDEX ix_webhook_event_body ON tb_webhook_event (provider, hook, json_extract(event, '$.payload_digest'))
    WHERE fk_replayed_from IS NULL;

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

INSERT INTO tb_ref_rule (id, ref_type, name, fk_environment)
SELECT id, 'branch', branch, fk_environment FROM tb_branch_mapping ORDER BY pk_branch_mapping;

DROP TABLE tb_branch_mapping;

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

INSERT INTO tb_schema_version (version, name) VALUES (4, 'forges');

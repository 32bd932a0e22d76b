-- Tokens with scopes for the API.

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

INSERT INTO tb_schema_version (version, name) VALUES (5, 'api_token');

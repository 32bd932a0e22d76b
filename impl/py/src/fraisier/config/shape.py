"""
The keys of ``fraises.yaml``: which exist where, and the kind of each value.

``spec/fraises.schema.json`` says the same in JSON Schema; a test compares them.
A kind is the name of a shape of this page, ``names:SHAPE`` (a mapping from names
that the user chooses), ``mapping:REF`` (from refs to routes), or a check of
``scalars.py``. The keys of a ``target`` depend on its provider and are in
``domain/targets.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

SHAPES: Mapping[str, Mapping[str, str]] = {
    "document": {
        "git": "git",
        "server": "server",
        "fraises": "names:fraise",
        "branch_mapping": "mapping:branch",
        "tag_mapping": "mapping:tag",
        "notifications": "names:notification",
        "queue": "queue",
        "reconcile": "reconciling",
        "plugins": "files",
    },
    "queue": {"limit": "queue_limit"},
    "reconciling": {"interval": "reconcile_seconds"},
    "notification": {
        "type": "notification_type",
        "url": "webhook_url",
        "secret": "secret",
        "events": "notification_events",
        "fraises": "list_of_names",
        "environments": "list_of_names",
    },
    "server": {
        "host": "text",
        "port": "port",
        "token": "secret",
        "open": "boolean",
        "trusted_proxies": "networks",
        "cors": "origins",
        "failed_signatures": "failed_signatures",
        "dashboard": "boolean",
        "introspection": "boolean",
        "graphql": "graphql",
    },
    "graphql": {
        "depth": "graphql_depth",
        "complexity": "graphql_complexity",
        "aliases": "graphql_aliases",
        "tokens": "graphql_tokens",
        "body": "graphql_body",
        "seconds": "seconds",
        "documents": "text",
    },
    "git": {
        "provider": "git_provider",
        "repository": "repository",
        "github": "github",
        "gitlab": "gitlab",
        "gitea": "gitea",
        "bitbucket": "bitbucket",
        "custom": "custom_forges",
    },
    "custom_git": {"base_url": "url", "webhook_secret": "secrets", "addresses": "networks"},
    "github": {"base_url": "url", "webhook_secret": "secrets", "addresses": "networks"},
    "gitlab": {
        "base_url": "url",
        "secret_token": "secrets",
        "signing_secret": "secrets",
        "addresses": "networks",
    },
    "gitea": {"base_url": "url", "webhook_secret": "secrets", "addresses": "networks"},
    "bitbucket": {
        "base_url": "url",
        "webhook_secret": "secrets",
        "server": "boolean",
        "addresses": "networks",
    },
    "fraise_git": {"provider": "git_provider", "base_url": "url", "repository": "repository"},
    "fraise": {
        "type": "fraise_type",
        "description": "text",
        "git": "fraise_git",
        "database": "database",
        "health_check": "health_check",
        "build": "command",
        "env": "variables",
        "variables": "variables",
        "hooks": "hooks",
        "smoke_tests": "smoke_tests",
        "timeouts": "timeouts",
        "keep_releases": "keep_releases",
        "script": "command",
        "idempotent": "boolean",
        "schedule": "cron",
        "destination": "text",
        "retention": "retention",
        "restore_check": "boolean",
        "paths": "paths",
        "reconcile": "boolean",
        "environments": "names:environment",
    },
    "environment": {
        "name": "text",
        "branch": "branch",
        "tag": "tag",
        "paths": "paths",
        "app_path": "text",
        "systemd_service": "text",
        "script": "command",
        "idempotent": "boolean",
        "schedule": "cron",
        "destination": "text",
        "retention": "retention",
        "restore_check": "boolean",
        "health_check": "health_check",
        "database": "database",
        "build": "command",
        "env": "variables",
        "variables": "variables",
        "hooks": "hooks",
        "smoke_tests": "smoke_tests",
        "timeouts": "timeouts",
        "keep_releases": "keep_releases",
        "production": "boolean",
        "target": "target",
        "jobs": "names:job",
    },
    "database": {
        "type": "database_type",
        "strategy": "strategy",
        "name": "text",
        "path": "text",
        "url": "secret",
        "migrations": "inner_path",
        "environment": "environment_file",
        "backup": "boolean",
        "backups_kept": "backups_kept",
        "seed": "seed",
        "compile": "compile",
        "pggit": "boolean",
        "backward_compatible": "boolean",
    },
    "seed": {"tables": "list_of_names", "count": "seed_count", "schema": "text"},
    "compile": {"schema": "inner_path", "output": "inner_path"},
    "health_check": {
        "path": "url_path",
        "url": "url",
        "timeout": "seconds",
        "interval": "seconds",
        "expected_status": "http_status",
    },
    "hooks": {"before": "commands", "after": "commands", "on_failure": "commands"},
    "timeouts": {
        "fetch": "seconds",
        "build": "seconds",
        "backup": "seconds",
        "migrate": "seconds",
        "compile": "seconds",
        "seed": "seconds",
        "switch": "seconds",
        "hook": "seconds",
        "script": "seconds",
        "smoke": "seconds",
    },
    "retention": {"count": "retention_count", "days": "retention_days"},
    "job": {
        "schedule": "cron",
        "script": "command",
        "depends_on": "name",
        "timeout": "seconds",
    },
    "route": {"fraise": "name", "environment": "name"},
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "document": ("fraises",),
    "fraise": ("environments",),
    "job": ("script",),
    "route": ("fraise", "environment"),
    "notification": ("type", "url"),
    "seed": ("tables",),
    "compile": ("schema",),
}

FRAISE_TYPES = ("api", "worker", "etl", "scheduled", "backup", "custom")
GIT_PROVIDERS = ("github", "gitlab", "gitea", "bitbucket")
DATABASE_TYPES = ("sqlite", "postgresql", "mysql", "sqlserver")
STRATEGIES = ("apply", "rebuild")
SYSTEMD_SCOPES = ("system", "user")
NOTIFICATION_TYPES = ("slack", "discord", "webhook")
NOTIFICATION_EVENTS = ("started", "succeeded", "failed", "rolled_back", "cancelled")

SECRET_KEYS: Mapping[str, str] = {
    "github": "webhook_secret",
    "gitlab": "secret_token",
    "gitea": "webhook_secret",
    "bitbucket": "webhook_secret",
}
DEFAULT_BASE_URLS: Mapping[str, str] = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "bitbucket": "https://bitbucket.org",
}

"""What of a configuration leaves the process: for the database and for people."""

from __future__ import annotations

import shlex
from typing import Any

from fraisier.config.secrets import hidden
from fraisier.config.values import (
    DEFAULT_QUEUE_LIMIT,
    DEFAULT_RECONCILE_SECONDS,
    Config,
    NotificationSettings,
)
from fraisier.domain.redaction import redact
from fraisier.domain.repository import repository_key
from fraisier.domain.values import Environment, Fraise, HealthCheck


def redacted(config: Config) -> dict[str, Any]:
    """The whole configuration with variables expanded and secrets as ``***``."""
    return hidden(config.raw, config.secrets)


def registry_document(config: Config) -> dict[str, Any]:
    """
    The ``registry`` argument of ``fn_sync_registry``, without any secret.

    SQL: fn_sync_registry
    """
    fraises = [_fraise(fraise, config.secrets) for fraise in config.fraises.values()]
    rules = [rule._asdict() for rule in config.branch_mapping]
    tags = [rule._asdict() for rule in config.tag_mapping]
    document: dict[str, Any] = {"fraises": fraises, "branch_mapping": rules, "tag_mapping": tags}
    if settings := _registry_settings(config):
        document["settings"] = settings
    if config.notifications:
        document["notifications"] = [_channel(item) for item in config.notifications.values()]
    return document


def _registry_settings(config: Config) -> dict[str, int]:
    """Those that are not as the database has them by itself."""
    settings: dict[str, int] = {}
    if config.queue_limit != DEFAULT_QUEUE_LIMIT:
        settings["queue_limit"] = config.queue_limit
    if config.reconcile_seconds != DEFAULT_RECONCILE_SECONDS:
        settings["reconcile_seconds"] = config.reconcile_seconds
    return settings


def _channel(channel: NotificationSettings) -> dict[str, Any]:
    """Whom a channel is told about. Where it is stays here: that is a secret."""
    return {
        "name": channel.name,
        "events": list(channel.events),
        "fraises": None if channel.fraises is None else list(channel.fraises),
        "environments": None if channel.environments is None else list(channel.environments),
    }


def _fraise(fraise: Fraise, secrets: frozenset[str]) -> dict[str, Any]:
    repository = fraise.repository
    return {
        "name": fraise.name,
        "type": fraise.type,
        "description": fraise.description,
        "repository": None if repository is None else redact(repository, secrets),
        "repository_key": None if repository is None else repository_key(repository),
        "git_provider": fraise.git_provider,
        "database": None if fraise.database is None else hidden(fraise.database, secrets),
        "config": {},
        "only_provider": fraise.only_provider,
        "reconcile": fraise.reconcile,
        "environments": [_environment(item, secrets) for item in fraise.environments.values()],
    }


def _environment(environment: Environment, secrets: frozenset[str]) -> dict[str, Any]:
    database = environment.database
    return {
        "name": environment.name,
        "provider": environment.provider,
        "target": hidden(environment.target, secrets),
        "database": None if database is None else hidden(database, secrets),
        "config": hidden(_settings(environment), secrets),
        "paths": None if environment.paths is None else list(environment.paths),
        "jobs": [
            {
                "name": job.name,
                "schedule": job.schedule,
                "script": redact(shlex.join(job.script), secrets),
                "depends_on": job.depends_on,
            }
            for job in environment.jobs
        ],
    }


def _settings(environment: Environment) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if environment.build is not None:
        settings["build"] = environment.build
    if environment.variables:
        settings["variables"] = environment.variables
    if environment.health_check is not None:
        settings["health_check"] = _health_check(environment.health_check)
    return settings


def _health_check(check: HealthCheck) -> dict[str, Any]:
    return {
        "path": check.path,
        "url": check.url,
        "timeout_seconds": check.timeout_seconds,
        "interval_seconds": check.interval_seconds,
        "expected_status": check.expected_status,
    }

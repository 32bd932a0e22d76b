"""``fraisier webhook``: the receiver alone, for machines that shall show nothing else."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from fraisier.config import check_secrets
from fraisier.db import AsyncDatabase
from fraisier.http.app import BODY_BYTES_MAX, HttpApp, Route
from fraisier.http.contract import announce, options_from
from fraisier.http.failures import Failures
from fraisier.http.health import HealthEndpoint
from fraisier.http.logs import log_to_standard_error
from fraisier.http.run import Hooks, ServeOptions, listen, run
from fraisier.http.webhook import Receiver, WebhookEndpoint
from fraisier.operations.registry import sync_registry
from fraisier.wiring import Application, application

__all__ = ["ServeOptions", "serve_webhook", "webhook_app"]

ACTOR = "fraisier webhook"


def webhook_app(receiver: Receiver, database: AsyncDatabase) -> HttpApp:
    """The ASGI application: ``/webhook`` and ``/health``."""
    settings = receiver.config.server
    failures = Failures(lambda: settings.failed_signatures)
    webhook = WebhookEndpoint(lambda: receiver, database, failures)
    return HttpApp(
        {
            "/webhook": Route(webhook, ("POST",), BODY_BYTES_MAX, webhook.admit),
            "/health": Route(HealthEndpoint(database), ("GET",)),
        },
        trusted=lambda: settings.trusted_proxies,
    )


def serve_webhook(options: ServeOptions, environ: Mapping[str, str], cwd: Path) -> int:
    """
    Receive webhooks until SIGTERM or SIGINT and return the exit status.

    Raises:
        FraisierError: Before it listens: what is wrong with the configuration, a
            secret, the database or the address.
    """
    if options.contract:
        options = options_from(sys.stdin, options)
    loaded = application(options.config_path, options.database_url, environ, cwd)
    check_secrets(loaded.config)
    _prepare(loaded)
    listener = listen(options.host, options.port)
    log_to_standard_error(lambda: loaded.config.secrets)
    database = loaded.open_async_database()
    hooks = Hooks(ready=lambda url: announce(url, contract=options.contract), finish=database.close)
    run(webhook_app(loaded, database), listener, hooks)
    return 0


def _prepare(loaded: Application) -> None:
    database = loaded.open_database()
    try:
        sync_registry(database, loaded.config, ACTOR)
    finally:
        database.close()

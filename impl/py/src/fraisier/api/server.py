"""``fraisier serve``: the API, the webhook receiver, and an observer beside them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from fraisier.api.app import api_app
from fraisier.api.observer import ObserverChild
from fraisier.config import ServerSettings, check_secrets
from fraisier.domain.errors import FraisierError
from fraisier.http.contract import announce, options_from
from fraisier.http.logs import log_to_standard_error
from fraisier.http.run import Hooks, ServeOptions, listen, run
from fraisier.http.source import is_loopback
from fraisier.operations.registry import sync_registry
from fraisier.wiring import DATABASE_VARIABLE, Application, application

__all__ = ["ServeOptions", "serve"]

ACTOR = "fraisier serve"

log = logging.getLogger("fraisier.api")


def serve(options: ServeOptions, environ: Mapping[str, str], cwd: Path) -> int:
    """
    Serve until SIGTERM or SIGINT and return the exit status.

    Raises:
        FraisierError: Before it listens: what is wrong with the configuration, a
            secret, the database or the address.
    """
    if options.contract:
        options = options_from(sys.stdin, options)
    server = _Server(options, environ, cwd)
    listener = listen(options.host, options.port)
    log_to_standard_error(lambda: server.current().config.secrets)
    database = server.current().open_async_database()
    hooks = Hooks(
        ready=lambda url: announce(url, contract=options.contract),
        reload=server.reload,
        beside=server.observer.keep if options.observer else None,
        finish=database.close,
    )
    bytes_max = server.current().config.server.graphql.body
    run(api_app(server.current, database, options.control_token, bytes_max), listener, hooks)
    return 0


def _check_address(settings: ServerSettings, host: str) -> None:
    if settings.open and not is_loopback(host):
        raise FraisierError(
            f"whoever reaches {host} could deploy: server.open is for the loopback address",
            code="insecure-address",
            at="server.open",
            hint="set server.token instead; make one with: openssl rand -hex 32",
        )


class _Server:
    """The configuration of the moment, and the observer that works by it."""

    def __init__(self, options: ServeOptions, environ: Mapping[str, str], cwd: Path) -> None:
        self._options, self._environ, self._cwd = options, environ, cwd
        self._application = self._load()
        self.observer = ObserverChild(self._observer_environment)

    def current(self) -> Application:
        """The configuration that was last loaded without an error."""
        return self._application

    def reload(self) -> None:
        """Take ``fraises.yaml`` as it is now; a faulty one changes nothing."""
        try:
            self._application = self._load()
        except FraisierError as error:
            log.error("fraises.yaml is not taken over: %s", error.message, extra=error.as_dict())
            return
        log.info("fraises.yaml is taken over")
        self.observer.renew()

    def _load(self) -> Application:
        options = self._options
        loaded = application(options.config_path, options.database_url, self._environ, self._cwd)
        check_secrets(loaded.config)
        _check_address(loaded.config.server, options.host)
        database = loaded.open_database()
        try:
            sync_registry(database, loaded.config, ACTOR)
        finally:
            database.close()
        return loaded

    def _observer_environment(self) -> Mapping[str, str]:
        # Not as arguments: everybody on the machine can read those.
        return {
            **{name: value for name, value in self._environ.items() if name != "FRAISIER_CONTRACT"},
            "FRAISIER_CONFIG": str(self._application.config.path.absolute()),
            DATABASE_VARIABLE: self._application.database_url,
        }

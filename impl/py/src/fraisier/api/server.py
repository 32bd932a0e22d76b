"""``fraisier serve``: the API, the webhook receiver, and an observer beside them."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from fraisier.api.app import api_app
from fraisier.api.observer import ObserverChild
from fraisier.config import ServerSettings, check_secrets
from fraisier.domain.errors import FraisierError
from fraisier.effects.workers import Workers
from fraisier.http.contract import announce, options_from
from fraisier.http.logs import log_to_standard_error
from fraisier.http.run import Hooks, ServeOptions, listen_for_each, run, url_of
from fraisier.http.source import is_loopback
from fraisier.http.tally import Tally
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
    listeners = listen_for_each(options.host, options.port, options.workers)
    log_to_standard_error(lambda: server.current().config.secrets)
    if options.workers == 1:
        return server.work(listeners[0], lambda url: announce(url, contract=options.contract))
    announce(url_of(listeners[0]), contract=options.contract)
    tally = Tally(options.workers)

    def work(index: int) -> int:
        for other in [each for each in listeners if each is not listeners[index]]:
            other.close()
        return server.work(listeners[index], lambda _: None, (tally, index))

    return Workers(options.workers, work).run()


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

    def work(
        self,
        listener: socket.socket,
        ready: Callable[[str], None],
        place: tuple[Tally | None, int] = (None, 0),
    ) -> int:
        """Serve on one socket. Of several workers, the first one has the observer."""
        database = self._application.open_async_database()
        has_observer = self._options.observer and place[1] == 0
        hooks = Hooks(
            ready=ready,
            reload=self.reload,
            beside=self.observer.keep if has_observer else None,
            finish=database.close,
        )
        bytes_max = self._application.config.server.graphql.body
        token = self._options.control_token
        run(api_app(self.current, database, token, bytes_max, place), listener, hooks)
        return 0

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

"""The loop of the observer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.observer.presence import Presence
from fraisier.observer.refreshing import Refreshing
from fraisier.operations.carry_out import carry_out
from fraisier.operations.notify import Messenger
from fraisier.operations.reconcile import Reconciler, reconcile_due
from fraisier.operations.reviving import revive

if TYPE_CHECKING:
    from fraisier.db import Database
    from fraisier.wiring import Application

IDLE_SECONDS_MAX = 2.0
PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 15.0

Listen = Callable[[Mapping[str, Any]], None]


def observe(
    app: Application,
    worker: str,
    lease_seconds: int,
    once: bool,
    listen: Listen,
    stop: threading.Event,
) -> None:
    """
    Carry deployments out until ``stop`` is set, or with ``once`` until none is waiting.

    Meanwhile the repositories of fraises with ``reconcile`` are asked for lost pushes;
    with ``once`` those that are due, when nothing waits, and what they have is deployed.

    Any number of observers may work on one database. After ``stop`` a deployment that
    ends soon is finished; one that does not is left to the next worker at a point from
    which it can go on. A ``fraises.yaml`` that changes meanwhile is in force from the next
    deployment on; one that is invalid is told once, and the one before stays in force.
    What ran on this machine and is gone is started first (:func:`revive`).
    An error of one deployment, or of the database, is told and survived; only a database
    that cannot be used at the start ends the observer.

    Raises:
        FraisierError: ``database-outdated``, ``database-newer``, ``database-unavailable``
            at the start; with ``once`` at any time.
    """
    db = app.open_database()
    try:
        loop = _Loop(app, db, worker, lease_seconds, listen, stop)
        with Presence(app, worker, lease_seconds), Messenger(lambda: loop.app, worker):
            if once:
                loop.run_once()
            else:
                with Reconciler(lambda: loop.app, worker, loop.tell, stop):
                    loop.run()
    finally:
        db.close()


class _Loop:
    def __init__(
        self,
        app: Application,
        db: Database,
        worker: str,
        lease_seconds: int,
        listen: Listen,
        stop: threading.Event,
    ) -> None:
        self._refreshing = Refreshing(app)
        self._db = db
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._listen = listen
        self._stop = stop
        self._pause = PAUSE_SECONDS_FIRST
        self._revived = False  # what was running here before; looked at once

    @property
    def app(self) -> Application:
        """The application with the configuration that is in force."""
        return self._refreshing.app

    def run(self) -> None:
        """Until ``stop`` is set."""
        while not self._stop.is_set():
            try:
                if not self._next():  # in short turns: a signal does not end the wait
                    self._db.wait(min(IDLE_SECONDS_MAX, self._lease_seconds / 3))
                self._pause = PAUSE_SECONDS_FIRST
            except FraisierError as error:
                self._survive(f"{error.at}: {error.message}" if error.at else error.message)
            except Exception as error:  # the next deployment may well succeed
                self._survive(f"{type(error).__name__}: {error}")

    def run_once(self) -> None:
        """Until nothing waits, also not after the repositories that are due were asked."""
        self._run_to_the_end()
        reconcile_due(self.app, self._db, self._worker, self.tell, self._stop.is_set)
        self._run_to_the_end()
        if not self._stop.is_set():
            self._listen({"event": "idle"})

    def tell(self, line: str, failed: bool) -> None:
        """A line of the log, from any thread."""
        self._listen({"event": "log", "line": line, **({"level": "error"} if failed else {})})

    def _run_to_the_end(self) -> None:
        while not self._stop.is_set() and self._next():
            continue

    def _next(self) -> bool:
        if self._refreshing.look(self._db):
            self._listen({"event": "log", "line": "fraises.yaml has changed and is in force"})
        if not self._revived:
            self._revived = True
            revive(self.app, self._db, self._listen, self._stop)
        done = carry_out(
            self._refreshing.app,
            self._db,
            self._worker,
            self._lease_seconds,
            listen=self._listen,
            stop=self._stop,
        )
        return done is not None

    def _survive(self, message: str) -> None:
        self.tell(redact(message, self._refreshing.app.config.secrets), True)
        self._stop.wait(self._pause)
        self._pause = min(self._pause * 2, PAUSE_SECONDS_MAX)

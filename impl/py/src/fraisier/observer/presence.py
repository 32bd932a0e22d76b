"""Tell the database that an observer is there, also while it is busy."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.db import Database
    from fraisier.wiring import Application


class Presence:
    """
    Records the worker three times within the life of a lease, and its end.

    SQL: fn_record_worker
    """

    def __init__(self, app: Application, worker: str, lease_seconds: int) -> None:
        self._app = app
        self._worker = worker
        self._seconds = lease_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="presence", daemon=True)

    def __enter__(self) -> Presence:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        db: Database | None = None
        while not self._over.is_set():
            db = self._say(db, "running")
            self._over.wait(self._seconds / 3)
        db = self._say(db, "stopped")
        if db is not None:
            db.close()

    def _say(self, db: Database | None, state: str) -> Database | None:
        """A database that is away is told at the next turn."""
        with contextlib.suppress(FraisierError):
            db = db or self._app.open_database(install=False)
            db.call(
                "fn_record_worker", worker=self._worker, state=state, lease_seconds=self._seconds
            )
        return db

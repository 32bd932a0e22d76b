"""Tell the database that an observer is there, also while it is busy."""

from __future__ import annotations

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
        db = self._app.open_database(install=False)
        while not self._over.is_set():
            self._say(db, "running")
            self._over.wait(self._seconds / 3)
        self._say(db, "stopped")
        db.close()

    def _say(self, db: Database, state: str) -> None:
        try:
            db.call(
                "fn_record_worker", worker=self._worker, state=state, lease_seconds=self._seconds
            )
        except FraisierError:  # told again at the next turn
            return

"""A database that comes back: what a worker writes is written, or its lease is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from fraisier.db import Database
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer
from fraisier.effects.clock import pause, ticks
from fraisier.operations.endings import LeaseLostError

AWAY = ("database-unavailable", "database-busy")
PAUSE_SECONDS_FIRST = 0.1
PAUSE_SECONDS_MAX = 1.0
STOP_SECONDS = 5.0  # a worker that was asked to end waits no longer than this

Result = TypeVar("Result")


class Insisting:
    """
    Calls and reads of a worker, asked again for as long as the database is away.

    A call keeps its command id, so that it is done once however often it was sent.
    It gives up ``seconds`` after the last answer: until then the lease may still be
    held, after that somebody else may have the deployment.

    Raises (both methods):
        LeaseLostError: The database was away for too long.
        FraisierError: Everything that asking again does not change.
    """

    def __init__(self, db: Database, seconds: float, stop: threading.Event) -> None:
        self._db = db
        self._seconds = seconds
        self._stop = stop
        self._answered_at = ticks()

    def call(self, function: str, /, **arguments: Any) -> Answer:
        """``Database.call``, with one command id for all attempts."""
        command = str(uuid4())
        return self._insist(lambda: self._db.call(function, command, **arguments))

    def read(
        self, view: str, where: Mapping[str, Any] | None = None, *, limit: int | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """``Database.read``."""
        return self._insist(lambda: self._db.read(view, where, limit=limit))

    def _patience(self) -> float:
        return min(STOP_SECONDS, self._seconds) if self._stop.is_set() else self._seconds

    def _insist(self, ask: Callable[[], Result]) -> Result:
        seconds, began = PAUSE_SECONDS_FIRST, ticks()
        while True:
            try:
                answer = ask()
            except FraisierError as error:
                # A pause between two questions is no sign of the database's absence.
                away = ticks() - max(self._answered_at, began)
                if error.code not in AWAY:
                    raise
                if away > self._patience():
                    message = f"{error.message}: the deployment is left as it is"
                    raise LeaseLostError(message) from error
            else:
                self._answered_at = ticks()
                return answer
            pause(seconds)
            seconds = min(2 * seconds, PAUSE_SECONDS_MAX)

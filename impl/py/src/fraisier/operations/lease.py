"""Hold the lease of a deployment while it is carried out."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from fraisier.db import Database
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer
from fraisier.effects.clock import ticks
from fraisier.operations.claim import Claim
from fraisier.operations.endings import LeaseLostError
from fraisier.operations.parts import Application

FINAL = ("lease-lost", "deployment-finished", "unknown-deployment")


AWAY_SECONDS = 0.5


class Calls(Protocol):
    """What calls functions of the database."""

    def call(self, function: str, /, **arguments: Any) -> Answer:
        """``Database.call``."""
        ...


class Lease:
    """
    Renews the lease three times within its life, on a thread and a connection of its own.

    ``lost`` is set as soon as the database refuses, or when no answer came for as long
    as the lease lasts; ``cancel_requested`` when somebody asked to cancel.

    SQL: fn_heartbeat
    """

    def __init__(self, app: Application, claim: Claim) -> None:
        self._app = app
        self._claim = claim
        self._over = threading.Event()
        self._renewed_at = ticks()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self.lost = threading.Event()
        self.cancel_requested = threading.Event()
        if claim.metadata.get("cancel_requested"):
            self.cancel_requested.set()

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def doubtful(self) -> bool:
        """Whether the lease may have run out: no renewal for as long as it lasts."""
        return ticks() - self._renewed_at > self._claim.lease_seconds

    def assure(self, db: Calls) -> None:
        """
        Return only while the lease is surely held: a process that was frozen asks again.

        Raises:
            LeaseLostError: It is not.
        """
        if not self.lost.is_set() and self.doubtful:
            self.renew(db, self._claim.lease_seconds)
        if self.lost.is_set():
            raise LeaseLostError

    def hand_over(self, db: Calls, seconds: int) -> None:
        """Renew it no more, and let it run out that soon: the next worker need not wait."""
        self._over.set()
        self._thread.join()
        self.renew(db, seconds)

    def renew(self, db: Calls, seconds: int) -> None:
        """Extend the lease by so much from now on, or learn that it is lost."""
        asked_at = ticks()
        answer = db.call(
            "fn_heartbeat",
            deployment_id=self._claim.deployment_id,
            worker=self._claim.worker,
            fencing_token=self._claim.fencing_token,
            lease_seconds=seconds,
        )
        if answer.succeeded:
            self._renewed_at = asked_at
            if answer.metadata.get("cancel_requested"):
                self.cancel_requested.set()
        elif answer.status_detail in FINAL:
            self.lost.set()

    def _keep(self) -> None:
        db: Database | None = None
        pause = usual = self._claim.lease_seconds / 3
        while not self._over.wait(pause) and not self.lost.is_set():
            try:
                db = db or self._app.open_database(install=False)
                self.renew(db, self._claim.lease_seconds)
                pause = usual
            except FraisierError:  # the database is away; it may come back in time
                pause = min(usual, AWAY_SECONDS)
                if self.doubtful:
                    self.lost.set()
        if db is not None:
            db.close()

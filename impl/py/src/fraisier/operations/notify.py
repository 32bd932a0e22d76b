"""Deliver notifications from the outbox of the database, beside everything else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import Database, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.clock import ticks
from fraisier.effects.http import post
from fraisier.operations.announcements import announcement
from fraisier.operations.parts import Application

SEND_SECONDS = 10.0
CLAIM_SECONDS = 60
RETRY_SECONDS_FIRST = 5
RETRY_SECONDS_MAX = 900
LOOK_SECONDS = 1.0
FAREWELL_SECONDS = 5.0


def deliver_one(app: Application, db: Database, worker: str) -> bool:
    """
    Send the oldest notification that is due and record how that went; false without one.

    It is sent at least once: when the record cannot be written, again, with the same id.
    A failure is tried again after 5, 10, 20 ... seconds, at most 15 minutes apart and at
    most ten times; what the receiver answered does not matter, for a person may repair it.

    Raises:
        FraisierError: The database's codes.

    SQL: fn_claim_notification, fn_complete_notification
    """
    if not db.read("v_notification", {"due": True}, limit=1):
        return False
    answer = refuse(db.call("fn_claim_notification", worker=worker, lease_seconds=CLAIM_SECONDS))
    if answer.entity is None:
        return answer.state_changed  # old ones were given up: look again
    failure = _send(app, answer.entity)
    db.call(
        "fn_complete_notification",
        notification_id=answer.entity["id"],
        claim=answer.metadata["claim"],
        succeeded=failure is None,
        error=None if failure is None else redact(failure, app.config.secrets),
        retry_seconds=_pause_after(answer.entity["attempts"]),
    )
    return True


def _send(app: Application, notification: Mapping[str, Any]) -> str | None:
    """Why it could not be delivered, if so."""
    channel = app.config.notifications.get(notification["channel"])
    if channel is None:
        return "the configuration of this worker has no such channel"
    message = announcement(channel, notification)
    answer = post(channel.url, message.body, message.headers, SEND_SECONDS)
    if answer.status is None:
        return answer.reason
    return None if 200 <= answer.status < 300 else f"the receiver answered {answer.status}"


def _pause_after(attempts: int) -> int:
    return min(RETRY_SECONDS_FIRST * 2 ** min(attempts, 20), RETRY_SECONDS_MAX)


class Messenger:
    """
    Delivers what is due on a thread and a connection of its own, for as long as it is entered.

    No deployment waits for it. On leaving, what is due is still delivered, for a few
    seconds at most; the rest waits for the next messenger.
    """

    def __init__(self, current: Callable[[], Application], worker: str) -> None:
        self._current = current
        self._worker = worker
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="messenger", daemon=True)

    def __enter__(self) -> Messenger:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(FAREWELL_SECONDS)

    def _keep(self) -> None:
        db: Database | None = None
        while not self._over.is_set():
            db = self._deliver(db, self._over.is_set)
            self._over.wait(LOOK_SECONDS)
        until = ticks() + FAREWELL_SECONDS
        db = self._deliver(db, lambda: ticks() > until)
        if db is not None:
            db.close()

    def _deliver(self, db: Database | None, over: Callable[[], bool]) -> Database | None:
        try:
            app = self._current()
            if app.config.notifications:
                db = db or app.open_database(install=False)
                while not over() and deliver_one(app, db, self._worker):
                    continue
        except FraisierError:  # the database is away: at the next look it may be back
            return db
        except Exception:  # one message that cannot be sent does not silence the others
            return db
        return db

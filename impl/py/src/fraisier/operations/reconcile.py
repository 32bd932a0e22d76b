"""
Find pushes whose webhook was lost: ask repositories what they have, let the database decide.

Only of fraises with ``reconcile``; when each is due, and what is requested, is in the
database. No deployment waits for a repository that does not answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import Database, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.process import Stopped
from fraisier.git.remote import RemoteRef, refs_at
from fraisier.operations.parts import Application

LOOK_SECONDS = 1.0
PAUSE_SECONDS_MAX = 60.0
FAREWELL_SECONDS = 10.0
PATTERNS_MAX = 200  # more are no argument list any more: then all refs are asked for

Tell = Callable[[str, bool], None]


def reconcile_due(
    app: Application, db: Database, worker: str, tell: Tell, should_stop: Callable[[], bool]
) -> None:
    """
    Ask every repository that is due, one after the other. ``tell`` gets a line when
    something was found, or (true) could not be asked.

    Raises:
        FraisierError: The database's codes.
    """
    if any(fraise.reconcile for fraise in app.config.fraises.values()):
        while not should_stop() and _reconcile_one(app, db, worker, tell, should_stop):
            continue


def _reconcile_one(
    app: Application, db: Database, worker: str, tell: Tell, should_stop: Callable[[], bool]
) -> bool:
    """False when none was due. SQL: fn_claim_reconcile, fn_complete_reconcile."""
    if not db.read("v_reconcile", {"due": True}, limit=1):
        return False
    claim = refuse(db.call("fn_claim_reconcile", worker=worker))
    if claim.entity is None:
        return False
    fraise = claim.metadata["fraise"]
    try:
        refs, error = _asked(app, claim.metadata, should_stop)
    except Stopped:  # nobody has looked: whoever is here next does
        return False
    found = None if refs is None else [ref._asdict() for ref in refs]
    number = claim.metadata["claim"]
    answer = db.call("fn_complete_reconcile", fraise=fraise, claim=number, refs=found, error=error)
    if answer.succeeded:  # else another one has looked meanwhile
        _report(fraise, error, answer.metadata, tell)
    return True


def _asked(
    app: Application, asked_for: Mapping[str, Any], should_stop: Callable[[], bool]
) -> tuple[tuple[RemoteRef, ...] | None, str | None]:
    """What the repository has, or why it could not be asked."""
    fraise = app.config.fraises.get(asked_for["fraise"])
    if fraise is None or fraise.repository is None:
        return None, "the configuration of this worker has no repository for it"
    wanted = [("branch", name) for name in asked_for["branches"]]
    wanted += [("tag", name) for name in asked_for["tags"]]
    try:
        few = wanted if len(wanted) <= PATTERNS_MAX else []
        return refs_at(fraise.repository, app.config.secrets, few, should_stop), None
    except FraisierError as error:
        return None, redact(error.message, app.config.secrets)
    except OSError as error:  # no room for the temporary folder, no more processes
        return None, redact(f"git cannot be run: {error.strerror}", app.config.secrets)


def _report(fraise: str, error: str | None, metadata: Mapping[str, Any], tell: Tell) -> None:
    if error is not None:
        again = metadata["next_at"]
        tell(f"{fraise} is not reconciled: {error}; the next try is at {again}", True)
    elif metadata["requested"]:
        number = metadata["requested"]
        tell(f"{fraise} had pushes without a webhook; deployments requested: {number}", False)


class Reconciler:
    """
    Asks repositories that are due on a thread and a connection of its own.

    It stops in the middle of a question when ``stop`` is set or it is left.
    """

    def __init__(
        self,
        current: Callable[[], Application],
        worker: str,
        tell: Tell,
        stop: threading.Event,
    ) -> None:
        self._current = current
        self._worker = worker
        self._tell = tell
        self._stop = stop
        self._over = threading.Event()
        self._pause = LOOK_SECONDS
        self._thread = threading.Thread(target=self._keep, name="reconciler", daemon=True)

    def __enter__(self) -> Reconciler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(FAREWELL_SECONDS)

    def _keep(self) -> None:
        db: Database | None = None
        while not self._ended():
            db = self._look(db)
            self._over.wait(self._pause)
        if db is not None:
            db.close()

    def _look(self, db: Database | None) -> Database | None:
        try:
            app = self._current()
            if any(fraise.reconcile for fraise in app.config.fraises.values()):
                db = db or app.open_database(install=False)
                reconcile_due(app, db, self._worker, self._tell, self._ended)
            self._pause = LOOK_SECONDS
        except FraisierError:  # the database is away: the observer tells
            self._pause = min(self._pause * 2, PAUSE_SECONDS_MAX)
        except Exception as error:  # the next look may well succeed
            self._tell(f"reconciling failed: {type(error).__name__}", True)
            self._pause = PAUSE_SECONDS_MAX
        return db

    def _ended(self) -> bool:
        return self._over.is_set() or self._stop.is_set()

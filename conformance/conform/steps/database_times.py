"""Steps that judge how far apart times are, with room for a slow machine."""

from __future__ import annotations

from datetime import UTC, datetime

from pytest_bdd import parsers, then

from conform.steps.database_calls import DEPLOYMENT, PLACE
from conform.steps.database_world import DatabaseWorld

ROOM_SECONDS = 25


def _remaining(moment: str) -> float:
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


def _about(expected: int, found: float) -> None:
    assert expected - ROOM_SECONDS <= found <= expected + 1, f"{found} is not about {expected}"


@then(parsers.re(rf"the lease of {PLACE} ends in (?P<seconds>\d+) seconds"))
def lease_ends(db: DatabaseWorld, fraise: str, environment: str, seconds: str) -> None:
    """``expires_at`` of the lease, and what the answer says of it when it does."""
    row = db.rows.labelled("tb_lease", f"{fraise}/{environment}", db.names)
    _about(int(seconds), _remaining(row["expires_at"]))
    assert db.answer["metadata"]["lease_expires_at"] == row["expires_at"]


@then(parsers.re(r'the worker "(?P<worker>[^"]*)" expires in (?P<seconds>\d+) seconds'))
def worker_expires(db: DatabaseWorld, worker: str, seconds: str) -> None:
    """``expires_at`` of an observer."""
    row = db.rows.labelled("tb_worker", worker, db.names)
    _about(int(seconds), _remaining(row["expires_at"]))


@then(parsers.re(r"the claim of (?P<name>\S+) ends in (?P<seconds>\d+) seconds"))
def claim_ends(db: DatabaseWorld, name: str, seconds: str) -> None:
    """``claimed_until`` of a notification, and what the answer says of it."""
    (row,) = (
        each for each in db.rows.of_table("tb_notification") if each["id"] == db.identity(name)
    )
    _about(int(seconds), _remaining(row["claimed_until"]))
    assert db.answer["metadata"]["claimed_until"] == row["claimed_until"]


@then(parsers.re(r"the notification is due again in (?P<seconds>\d+) seconds"))
def due_again(db: DatabaseWorld, seconds: str) -> None:
    """``next_attempt_at`` of the notification that the answer shows."""
    _about(int(seconds), _remaining(db.answer["entity"]["next_attempt_at"]))


@then(parsers.re(rf"the duration of {DEPLOYMENT} is about (?P<seconds>\d+) seconds"))
def duration_is(db: DatabaseWorld, deployment: str, seconds: str) -> None:
    """``duration_seconds``: completed_at minus started_at."""
    row = db.rows.labelled("tb_deployment", deployment, db.names)
    assert abs(row["duration_seconds"] - int(seconds)) <= ROOM_SECONDS

"""Steps about channels, the outbox, and the end of the queue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pytest_bdd import parsers, step, then

from conform.dialects.base import decoded
from conform.steps.database_calls import optional, remember
from conform.steps.database_past import LONG_AGO, ago
from conform.steps.database_registry import USUAL, records, registry_document
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]
NOTIFICATION = r"(?P<notification>\S+)"


def channels(table: Table) -> list[dict[str, Any]]:
    """The ``notifications`` of a registry document; ``all`` for no choice."""
    return [
        {
            "name": record["name"],
            "events": record["events"].split(),
            "fraises": _chosen(record.get("fraises", "all")),
            "environments": _chosen(record.get("environments", "all")),
        }
        for record in records(table)
    ]


def _chosen(names: str) -> list[str] | None:
    return None if names == "all" else names.split()


@step("the usual registry with the channels:")
def registry_with_channels(db: DatabaseWorld, datatable: Table) -> None:
    """The usual fraises, and who wants to hear of them, as a set-up."""
    document = registry_document(USUAL) | {"notifications": channels(datatable)}
    db.must("fn_sync_registry", registry=document, actor="setup")


@step("the usual registry is synced with the channels:")
def sync_channels(db: DatabaseWorld, datatable: Table) -> None:
    """A sync under test of the usual fraises and these channels."""
    document = registry_document(USUAL) | {"notifications": channels(datatable)}
    db.call("fn_sync_registry", registry=document, actor="alice")


@step("the usual registry is synced with:")
def sync_more(db: DatabaseWorld, docstring: str) -> None:
    """A sync under test of the usual fraises and other keys of the document."""
    document = registry_document(USUAL) | json.loads(docstring)
    db.call("fn_sync_registry", registry=document, actor="alice")


@step(parsers.parse("the queue takes {limit:d}"))
def limit_queue(db: DatabaseWorld, limit: int) -> None:
    """The usual registry with a short queue."""
    document = registry_document(USUAL) | {"settings": {"queue_limit": limit}}
    db.must("fn_sync_registry", registry=document, actor="setup")


@step(
    parsers.re(
        r'"(?P<worker>[^"]*)" claims a notification'
        + optional("seconds", "for", r"-?\d+")
        + optional("name", "as")
    )
)
def claim_notification(
    db: DatabaseWorld, worker: str, seconds: str | None, name: str | None
) -> None:
    """Take the oldest that is due, and give it a name."""
    db.call(
        "fn_claim_notification",
        worker=worker,
        lease_seconds=60 if seconds is None else int(seconds),
    )
    remember(db, name)
    if "claim" in db.answer["metadata"]:
        db.tokens[worker, str(db.answer["entity_id"])] = db.answer["metadata"]["claim"]


@step(parsers.re(rf'"(?P<worker>[^"]*)" has delivered {NOTIFICATION}'))
def deliver(db: DatabaseWorld, worker: str, notification: str) -> None:
    """Say that a notification has arrived."""
    complete(db, worker, notification, succeeded=True)


@step(
    parsers.re(
        rf'"(?P<worker>[^"]*)" could not deliver {NOTIFICATION} because "(?P<error>[^"]*)"'
        + optional("seconds", "and waits", r"-?\d+")
    )
)
def fail(
    db: DatabaseWorld, worker: str, notification: str, error: str, seconds: str | None
) -> None:
    """Say that a notification could not be sent."""
    complete(
        db,
        worker,
        notification,
        succeeded=False,
        error=error,
        retry_seconds=60 if seconds is None else int(seconds),
    )


def complete(db: DatabaseWorld, worker: str, notification: str, **arguments: Any) -> None:
    """Say how it went, with the worker's newest claim."""
    db.call(
        "fn_complete_notification",
        notification_id=db.identity(notification),
        claim=db.token(worker, notification),
        **arguments,
    )


def _past(db: DatabaseWorld, notification: str, assignment: str) -> None:
    identity = db.identity(notification)
    db.set_up(f"UPDATE tb_notification SET {assignment} WHERE id = '{identity}'")


@step(parsers.re(rf"the claim of {NOTIFICATION} has expired"))
def age_claim(db: DatabaseWorld, notification: str) -> None:
    """Move the end of a claim into the past."""
    _past(db, notification, f"claimed_until = '{LONG_AGO}'")


@step(parsers.re(rf"{NOTIFICATION} was written (?P<hours>\d+) hours ago"))
def age_notification(db: DatabaseWorld, notification: str, hours: str) -> None:
    """Move a notification into the past."""
    _past(db, notification, f"created_at = {ago(db, int(hours), 'hours')}")


@step(parsers.re(r"all notifications were written (?P<hours>\d+) hours ago"))
def age_notifications(db: DatabaseWorld, hours: str) -> None:
    """Move all of them into the past."""
    db.set_up(f"UPDATE tb_notification SET created_at = {ago(db, int(hours), 'hours')}")


@step(parsers.re(rf"{NOTIFICATION} has failed (?P<times>\d+) times"))
def fail_often(db: DatabaseWorld, notification: str, times: str) -> None:
    """As if sending had been tried so often."""
    _past(db, notification, f"attempts = {times}")


@then(parsers.parse("tb_registry has the limit {limit:d}"))
def limit_is(db: DatabaseWorld, limit: int) -> None:
    """How long the queue may be, as the last sync left it."""
    (row,) = db.rows.of_table("tb_registry")
    assert row["queue_limit"] == limit


@then("the number of the notification is that of its event")
def number_of_event(db: DatabaseWorld) -> None:
    """``event_number`` of the only notification is the number of the newest event."""
    (row,) = db.scratch.rows("SELECT data FROM v_notification")
    newest = db.scratch.row("SELECT max(pk_event) AS number FROM v_event")
    assert decoded(row["data"])["event_number"] == newest["number"]

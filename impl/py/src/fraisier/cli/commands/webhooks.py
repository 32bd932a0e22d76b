"""``fraisier webhooks`` and ``fraisier webhooks replay``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.command import command
from fraisier.cli.output import OK, SKIPPED, Line, moment
from fraisier.cli.session import Session

if TYPE_CHECKING:
    from fraisier.domain.values import Answer

ID_DIGITS = 8
_HEADINGS = ("id", "received", "provider", "event", "ref", "commit", "sender", "result")


@command(
    click.option(
        "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N"
    ),
    remote=True,
)
def webhooks(session: Session, limit: int) -> None:
    """List received webhooks, newest first."""
    with session.database(session.application()) as db:
        rows = db.read("v_recent_webhooks", order=("-pk_webhook_event",), limit=limit)
    if session.output.as_json:
        session.output.document({"webhooks": rows})
    else:
        session.output.table(_HEADINGS, [_row(row) for row in rows], "No webhooks yet.")


@command(click.argument("webhook_id"), remote=True)
def replay(session: Session, webhook_id: str) -> None:
    """
    Route a webhook again, under the rules of now.

    WEBHOOK_ID is what `fraisier webhooks` shows, or more of it. The replay is a webhook
    of its own; what it requests is deployed like that of any other.
    """
    from fraisier.operations.registry import sync_registry
    from fraisier.operations.replay import replay_webhook

    app = session.application()
    with session.database(app) as db:
        sync_registry(db, app.config, session.actor())
        answer = replay_webhook(db, webhook_id, session.actor())
    if session.output.as_json:
        shown = {"code": answer.status_detail, "message": answer.message}
        session.output.document({**shown, "webhook": answer.entity})
    else:
        session.output.lines(_replayed(answer))


def _replayed(answer: Answer) -> Iterator[Line]:
    entity: Mapping[str, Any] = answer.entity or {}
    deployments = entity.get("deployments") or ()
    yield [OK if deployments else SKIPPED, (f" {answer.message}", "")]
    for each in deployments:
        yield f"  {each['fraise']} → {each['environment']} ({each['id']})"


def _row(row: Mapping[str, Any]) -> list[Any]:
    refs = [change["branch"] or change["tag"] for change in row.get("changes") or ()]
    return [
        str(row["id"])[:ID_DIGITS],
        moment(row["received_at"]),
        _provider(row),
        row["event_type"],
        ", ".join(refs) or row["branch"] or row["tag"],
        (row["commit_sha"] or "")[:7],
        row.get("replayed_by") or row["sender"],
        _result(row),
    ]


def _provider(row: Mapping[str, Any]) -> str:
    """The name that the operator gave a forge of a plugin says more than ``custom``."""
    name = str(row["provider"]).lower()
    return str(row["hook"]) if name == "custom" else name


def _result(row: Mapping[str, Any]) -> str | None:
    targets = [
        f"{item['fraise']}/{item['environment']} {item['outcome']}" for item in row["deployments"]
    ]
    led_to = ", ".join(targets) or row["ignored_reason"]
    first = row.get("replayed_from")
    return led_to if first is None else f"{led_to or '-'} (replay of {str(first)[:ID_DIGITS]})"

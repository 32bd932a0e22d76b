"""``fraisier history`` and ``fraisier stats``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.command import ENVIRONMENT, FRAISE, command
from fraisier.cli.output import duration, first_line, moment
from fraisier.cli.remote import stats_of_server
from fraisier.cli.session import Session

if TYPE_CHECKING:
    from fraisier.db.base import Database

_LIMIT = click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N"
)
_HISTORY = ("started", "fraise", "environment", "outcome", "version", "duration", "by", "reason")


@command(
    click.argument("name", metavar="[FRAISE]", required=False),
    FRAISE,
    ENVIRONMENT,
    _LIMIT,
    remote=True,
)
def history(
    session: Session, name: str | None, fraise: str | None, environment: str | None, limit: int
) -> None:
    """List deployments, newest first."""
    if name and fraise and name != fraise:
        raise click.UsageError("FRAISE and --fraise name two fraises", click.get_current_context())
    where = _given(fraise=name or fraise, environment=environment)
    with session.database(session.application()) as db:
        rows = db.read("v_deployment_history", where, order=("-pk_deployment",), limit=limit)
    if session.output.as_json:
        session.output.document({"deployments": rows})
    else:
        session.output.table(_HISTORY, [_deployment(row) for row in rows], "No deployments yet.")


@command(
    FRAISE,
    click.option(
        "--days", type=click.IntRange(1, 36500), default=30, show_default=True, metavar="N"
    ),
    remote=True,
)
def stats(session: Session, fraise: str | None, days: int) -> None:
    """Count deployments and how they ended."""
    where = _given(fraise=fraise)
    with session.database(session.application()) as db:
        afar = stats_of_server(db, fraise, days)
        counted = _counted(db, where, days) if afar is None else afar
    if session.output.as_json:
        session.output.document(counted)
        return
    session.output.lines(_statistics(counted, fraise, days))


def _given(**conditions: str | None) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value is not None}


def _counted(db: Database, where: Mapping[str, Any], days: int) -> dict[str, Any]:
    since = datetime.now(UTC) - timedelta(days=days)
    after = ("started_at", since.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    rows = db.read("v_deployment_outcome", where, after=after)
    counts = {
        status: len(db.read("v_deployment_outcome", {**where, "status": status}, after=after))
        for status in ("success", "failed", "rolled_back")
    }
    return {
        "total": len(rows),
        "successful": counts["success"],
        "failed": counts["failed"],
        "rolled_back": counts["rolled_back"],
        "avg_duration_seconds": _average([row["duration_seconds"] for row in rows]),
        "success_rate": round(100 * counts["success"] / len(rows), 1) if rows else 0.0,
    }


def _statistics(counted: Mapping[str, Any], fraise: str | None, days: int) -> list[str]:
    return [
        f"Deployments of the last {days} days" + (f" of {fraise}" if fraise else ""),
        f"  Total: {counted['total']}",
        f"  Successful: {counted['successful']} ({counted['success_rate']:.1f} %)",
        f"  Failed: {counted['failed']}",
        f"  Rolled back: {counted['rolled_back']}",
        f"  Average duration: {duration(counted['avg_duration_seconds']) or '-'}",
    ]


def _average(durations: Sequence[float | None]) -> float | None:
    known = [seconds for seconds in durations if seconds is not None]
    return sum(known) / len(known) if known else None


def _deployment(row: Mapping[str, Any]) -> list[Any]:
    return [
        moment(row["started_at"]),
        row["fraise"],
        row["environment"],
        row["outcome"],
        row["version_change"] or (row["git_commit"] or "")[:12],
        duration(row["duration_seconds"]),
        row["actor"] or str(row["triggered_by"]).lower(),
        _reason(row),
    ]


def _reason(row: Mapping[str, Any]) -> str | None:
    """Why it failed, and what the step that failed knows of a way out."""
    message, hint = row["error_message"], row["hint"]
    return f"{first_line(message)} (hint: {first_line(hint)})" if message and hint else message

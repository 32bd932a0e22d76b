"""``fraisier status`` and ``fraisier status-all``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fraisier.cli.command import ENVIRONMENT, PLACE, command
from fraisier.cli.jobs import document, known_jobs, label, runs
from fraisier.cli.output import Line, duration, first_line, moment, printable
from fraisier.cli.session import Session
from fraisier.domain.targets import target_label

if TYPE_CHECKING:
    from fraisier.db.base import Database
    from fraisier.domain.values import FraiseConfig
    from fraisier.wiring import Application

_COLOURS = {"healthy": "green", "degraded": "yellow", "down": "red"}
_HEADINGS = ("fraise", "environment", "status", "version", "provider", "deployed")


@command(*PLACE, remote=True)
def status(session: Session, fraise: str, environment: str) -> None:
    """Show what serves in one environment."""
    selected = session.config().select(fraise, environment)
    place = {"fraise": fraise, "environment": environment}
    app = session.application()
    with session.database(app) as db:
        row = _rows(session, app, db, place)[0]
        last = db.read("v_deployment_history", place, order=("-pk_deployment",), limit=1)
    jobs, known = selected.environment.jobs, known_jobs(app.config, selected)
    if session.output.as_json:
        shown = [document(job, known.get(job.name)) for job in jobs]
        newest = last[0] if last else None
        session.output.document({**row, "jobs": shown, "last_deployment": newest})
    else:
        session.output.lines([*_lines(row, selected), *_newest(last)])
        session.output.lines(f"  {label(job)}: {runs(known.get(job.name)) or '-'}" for job in jobs)


@command(ENVIRONMENT, remote=True)
def status_all(session: Session, environment: str | None) -> None:
    """Show what serves everywhere."""
    where = {} if environment is None else {"environment": environment}
    app = session.application()
    with session.database(app) as db:
        rows = _rows(session, app, db, where)
    if session.output.as_json:
        session.output.document({"environments": rows})
    else:
        session.output.table(_HEADINGS, [_cells(row) for row in rows], "No environments.")


def _rows(
    session: Session, app: Application, db: Database, where: Mapping[str, Any]
) -> list[dict[str, Any]]:
    from fraisier.operations.registry import sync_registry

    # What fraises.yaml names is shown from the first minute on.
    sync_registry(db, app.config, session.actor())
    return db.read("v_fraise_status", where, order=("fraise", "environment"))


def _cells(row: Mapping[str, Any]) -> list[Any]:
    return [
        row["fraise"],
        row["environment"],
        _state(row),
        row["current_version"],
        row["target_provider"],
        moment(row["last_deployed_at"]),
    ]


def _lines(row: Mapping[str, Any], selected: FraiseConfig) -> list[Line]:
    state = _state(row)
    label = target_label(selected.environment.provider, selected.environment.target)
    facts = {
        "Version": row["current_version"],
        "Commit": row["current_commit"],
        "Deployed": moment(row["last_deployed_at"]),
        "Duration": duration(row["last_deploy_duration"]),
    }
    return [
        [(f"{row['fraise']} → {row['environment']}", "bold"), (f" ({label})", "")],
        [("  Status: ", ""), (state, _COLOURS.get(state, ""))],
        *[f"  {name}: {printable(str(fact)) if fact else '-'}" for name, fact in facts.items()],
    ]


def _newest(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """How the newest deployment ended: not always well, and then it is not what serves."""
    if not rows:
        return []
    row = rows[0]
    reason = f": {first_line(row['error_message'])}" if row["error_message"] else ""
    hint = [f"  Hint: {first_line(row['hint'])}"] if row["hint"] else []
    return [f"  Last deployment: {str(row['outcome']).replace('_', ' ')}{reason}", *hint]


def _state(row: Mapping[str, Any]) -> str:
    return str(row["status"]).lower()

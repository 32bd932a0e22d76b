"""``fraisier deploy``, ``fraisier rollback`` and ``fraisier cancel``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.command import PLACE, command
from fraisier.cli.deploying import (
    follow_to_the_end,
    listener,
    show_heading,
    show_queued,
    show_requested,
    show_result,
)
from fraisier.cli.output import OK, RUNNING
from fraisier.cli.remote import follow_from_afar, show_dry_run
from fraisier.cli.session import Session
from fraisier.cli.signals import Withheld
from fraisier.domain.targets import target_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from fraisier.db.base import Database
    from fraisier.domain.values import Answer, FraiseConfig
    from fraisier.wiring import Application

_NO_WAIT = click.option("--no-wait", is_flag=True, help="Only put it into the queue.")


@command(
    *PLACE,
    click.option("--dry-run", is_flag=True, help="Print the steps and do nothing."),
    click.option("--force", is_flag=True, help="Deploy also what serves or was rolled back."),
    click.option("--branch", metavar="NAME", help="Another branch than the environment's."),
    click.option("--commit", metavar="SHA", help="Exactly this commit."),
    _NO_WAIT,
    remote=True,
)
def deploy(session: Session, fraise: str, environment: str, dry_run: bool, **options: Any) -> None:
    """Deploy a fraise to an environment and show the steps as they happen."""
    if dry_run:
        _dry_run(session, fraise, environment)
        return
    from fraisier.operations.plan import check_asked_for

    app = session.application()
    selected = app.config.select(fraise, environment)
    if app.config.here:
        check_asked_for(selected, options["branch"], options["commit"])

    def request(db: Database) -> Answer:
        return _request(db, session, selected, options)

    _run(session, app, selected, "Deploying", options, request)


@command(
    *PLACE,
    click.option("--to", metavar="VERSION", help="A version or commit (default: the one before)."),
    click.option("--force", is_flag=True, help="Also when the database may not fit the old code."),
    _NO_WAIT,
    remote=True,
)
def rollback(
    session: Session, fraise: str, environment: str, to: str | None, force: bool, no_wait: bool
) -> None:
    """Bring an older release back and keep automation from undoing it."""
    from fraisier.operations.deploy import request_rollback

    app = session.application()
    selected = app.config.select(fraise, environment)
    actor = session.actor()

    def request(db: Database) -> Answer:
        return request_rollback(db, fraise, environment, to, "manual", actor, force)

    _run(session, app, selected, "Rolling back", {"no_wait": no_wait}, request)


@command(
    click.argument("deployment_id"),
    click.option("--reason", metavar="TEXT", help="Why, for the history."),
    remote=True,
)
def cancel(session: Session, deployment_id: str, reason: str | None) -> None:
    """Cancel a deployment before its cutover."""
    from fraisier.operations.deploy import cancel_deployment

    with session.database(session.application()) as db:
        answer = cancel_deployment(db, deployment_id, reason, session.actor())
    if session.output.as_json:
        shown = {"code": answer.status_detail, "message": answer.message}
        session.output.document({**shown, "deployment": answer.entity})
    else:
        session.output.line([OK, (f" {answer.message}", "")])


def _request(
    db: Database, session: Session, selected: FraiseConfig, options: dict[str, Any]
) -> Answer:
    from fraisier.operations.deploy import Order, request_deployment

    order = Order(
        fraise=selected.name,
        environment=selected.environment.name,
        force=options["force"],
        git_branch=options["branch"],
        git_commit=options["commit"],
        actor=session.actor(),
    )
    return request_deployment(db, order)


def _run(
    session: Session,
    app: Application,
    selected: FraiseConfig,
    verb: str,
    options: dict[str, Any],
    request: Callable[[Database], Answer],
) -> None:
    from fraisier.operations.plan import check_deployable
    from fraisier.operations.registry import sync_registry

    output = session.output
    if app.config.here:
        check_deployable(selected)
    with session.database(app) as db, Withheld() as signals:
        sync_registry(db, app.config, session.actor())
        answer = request(db)
        show_requested(output, answer)
        if options["no_wait"]:
            show_queued(output, answer)
            return
        if not output.as_json:
            show_heading(output, verb, selected)
        name, listen = str(answer.entity_id), listener(output)
        follow = follow_to_the_end if app.config.here else follow_from_afar
        ended = follow(app, db, name, listen, signals)
    show_result(output, ended, _label(selected))


def _dry_run(session: Session, fraise: str, environment: str) -> None:
    if session.server() is not None:
        show_dry_run(session, fraise, environment)
    else:
        _show_plan(session, session.config().select(fraise, environment))


def _show_plan(session: Session, selected: FraiseConfig) -> None:
    from fraisier.operations.plan import plan_deployment

    plan = plan_deployment(selected)
    output = session.output
    if output.as_json:
        shown = [{"step": step.step, "text": step.text} for step in plan.steps]
        output.document({"event": "plan", "steps": shown, "warnings": list(plan.warnings)})
        output.document(_plan_result())
        return
    show_heading(output, "Would deploy", selected)
    output.lines([("  ", ""), RUNNING, (f" {step.text}", "")] for step in plan.steps)
    output.lines(f"Warning: {warning}" for warning in plan.warnings)
    output.lines(["", "Dry run: nothing was changed."])


def _plan_result() -> dict[str, Any]:
    result = {"event": "result", "success": True, "code": "dry-run"}
    return {**result, "message": "nothing was changed", "deployment": None, "error": None}


def _label(selected: FraiseConfig) -> str:
    return target_label(selected.environment.provider, selected.environment.target)

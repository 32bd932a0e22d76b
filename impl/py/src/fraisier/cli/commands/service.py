"""``fraisier health``, ``logs``, ``stop`` and ``start``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.command import PLACE, command
from fraisier.cli.output import OK
from fraisier.cli.session import Session
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.domain.values import HealthStatus


@command(*PLACE)
def health(session: Session, fraise: str, environment: str) -> None:
    """Check the health of a service now."""
    from fraisier.operations import service

    app = session.application()
    with session.database(app) as db:
        found: HealthStatus = service.health(app, db, fraise, environment)
    state = str(found.state)
    shown = {"fraise": fraise, "environment": environment, "status": state}
    if state != "healthy":
        message = f"the service is {state}: {found.message or 'no reason given'}"
        raise FraisierError(message, code="unhealthy", at=f"{fraise}/{environment}")
    if session.output.as_json:
        session.output.document({**shown, "message": found.message})
    else:
        session.output.line([OK, (f" {fraise}/{environment} is healthy", "")])


@command(
    *PLACE,
    click.option(
        "--lines", type=click.IntRange(1, 100_000), default=100, show_default=True, metavar="N"
    ),
)
def logs(session: Session, fraise: str, environment: str, lines: int) -> None:
    """Show the newest output of a service."""
    from fraisier.operations import service

    app = session.application()
    with session.database(app) as db:
        text: str = service.logs(app, db, fraise, environment, lines)
    if session.output.as_json:
        session.output.document({"fraise": fraise, "environment": environment, "logs": text})
    else:
        session.output.lines(text.splitlines())


@command(*PLACE)
def stop(session: Session, fraise: str, environment: str) -> None:
    """Stop a service."""
    _act(session, "stop", "stopped", fraise, environment)


@command(*PLACE)
def start(session: Session, fraise: str, environment: str) -> None:
    """Start a stopped service."""
    _act(session, "start", "started", fraise, environment)


def _act(session: Session, verb: str, status: str, fraise: str, environment: str) -> None:
    from fraisier.operations import service

    app = session.application()
    with session.database(app) as db:
        getattr(service, verb)(app, db, fraise, environment)
    shown: dict[str, Any] = {"fraise": fraise, "environment": environment, "status": status}
    if session.output.as_json:
        session.output.document(shown)
    else:
        session.output.line([OK, (f" {fraise}/{environment} is {status}", "")])

"""``fraisier db init``, ``db migrate`` and ``db status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fraisier.cli.command import command
from fraisier.cli.output import FAILED, OK
from fraisier.cli.session import Session

if TYPE_CHECKING:
    from fraisier.db.base import DatabaseState


@command()
def init(session: Session) -> None:
    """Install Fraisier's own database; one that is there is brought up to date."""
    _migrate(session)


@command()
def migrate(session: Session) -> None:
    """Bring Fraisier's own database up to date; nothing in it is lost."""
    _migrate(session)


@command()
def status(session: Session) -> None:
    """Compare the database with what this program carries."""
    database = session.bare_database()
    try:
        _show(session, database.state())
    finally:
        database.close()


def _migrate(session: Session) -> None:
    database = session.bare_database()
    try:
        _show(session, database.migrate())
    finally:
        database.close()


def _show(session: Session, state: DatabaseState) -> None:
    if session.output.as_json:
        names = ("url", "dialect", "version", "newest", "current")
        session.output.document({name: getattr(state, name) for name in names})
        return
    words = "is empty" if state.empty else "is up to date" if state.current else "is not current"
    session.output.lines(
        [
            [OK if state.current else FAILED, (f" {state.url} {words}", "")],
            f"  Version: {state.version} of {state.newest}",
        ]
    )
    if not state.current:
        session.output.line("  run: fraisier db migrate")

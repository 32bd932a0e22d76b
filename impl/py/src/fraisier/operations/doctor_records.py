"""Doctor: Fraisier's own database, its clock, and who works on it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from fraisier.db import Database, connect
from fraisier.db.location import parse
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.values import FraiseConfig
from fraisier.effects.http import port_in_use
from fraisier.operations import doctor_reconcile
from fraisier.operations.parts import Application

CLOCK_SECONDS_MAX = 2.0
_NOW = "SELECT extract(epoch FROM clock_timestamp())::text"
_CURRENT = "the database is current"


def look(app: Application, chosen: Sequence[FraiseConfig], database_url: str) -> Iterator[Finding]:
    """
    Whether the database can be used as it is, and whether somebody carries requests out.

    SQL: v_worker
    """
    location = parse(database_url)
    if location.dialect == "sqlite" and not Path(location.target).exists():
        what = "there is no database yet; the first command that needs it makes it"
        yield fine(what, location.shown)
        return
    database = connect(database_url)
    try:
        yield from _opened(app, chosen, database)
    except FraisierError as error:
        yield problem(error.message, location.shown, error.hint or "start it, or correct its URL")
    finally:
        database.close()


def _opened(
    app: Application, chosen: Sequence[FraiseConfig], database: Database
) -> Iterator[Finding]:
    state = database.state()
    if state.empty:
        yield fine("the database is empty; the first command that needs it fills it", state.url)
        return
    if state.version > state.newest:
        what = f"the database has schema {state.version}, this program knows {state.newest}"
        yield problem(what, state.url, "upgrade fraisier")
        return
    if not state.current:
        what = "the database was made by another version of fraisier"
        yield problem(what, state.url, "run: fraisier db migrate")
        return
    yield fine(f"{_CURRENT}: schema {state.version}", state.url)
    if database.dialect == "postgresql":
        yield _clock(database, state.url)
    yield from _observer(app, database)
    yield from doctor_reconcile.recorded(database, chosen)


def _clock(database: Database, url: str) -> Finding:
    """Leases go by the clock of the database, logs and schedules by the one of this machine."""
    before = time.time()
    said = database.fetch_json(_NOW)
    after = time.time()
    apart = abs(float(said or 0) - (before + after) / 2) - (after - before) / 2
    if apart > CLOCK_SECONDS_MAX:
        what = f"the clocks of the database and of this machine differ by {apart:.0f} s"
        return warning(what, url, "let both machines take the time from the network")
    return fine("the clocks of the database and of this machine agree", url)


def _observer(app: Application, database: Database) -> Iterator[Finding]:
    alive = [str(row["worker"]) for row in database.read("v_worker", {"alive": True})]
    if alive:
        yield fine(f"observers are alive: {', '.join(sorted(alive)[:5])}", database.url)
        return
    what = "no observer is alive: what webhooks and the API request waits"
    yield warning(what, database.url, "run: fraisier serve, or fraisier observe")
    server = app.config.server
    if port_in_use(server.port):
        what = f"another program listens on the port {server.port} of the server"
        yield warning(what, "server.port", "choose another server.port, or stop that program")

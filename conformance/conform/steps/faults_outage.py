"""Steps of the fault matrix about a database of Fraisier that dies or is locked."""

from __future__ import annotations

import pytest
from pytest_bdd import given, when

from conform.databases import Scratch
from conform.session import Session
from conform.steps.faults import Fault
from conform.world import own_postgresql
from conform.world.outage import Outage, of_file, of_server, pause

OUTAGE_SECONDS = 3.0
TURNS = 5


@pytest.fixture
def outage(fault: Fault, request: pytest.FixtureRequest) -> Outage:
    """How the database of the scenario goes away and comes back."""
    scratch = fault.deploying.subject.scratch
    if scratch.dialect == "sqlite":
        return of_file(scratch)
    return of_server(scratch, request.getfixturevalue("own_server"))


@given("the database of Fraisier is on a server that may die")
def own_server(fault: Fault, session: Session, request: pytest.FixtureRequest) -> None:
    """PostgreSQL: a server of the suite's own. SQLite has none: its file can be locked."""
    subject = fault.deploying.subject
    if subject.scratch.dialect == "sqlite":
        return
    template = request.getfixturevalue("own_template")(session)
    place = request.getfixturevalue("own_server").url
    url = own_postgresql.new_database(place, template.name)
    subject.scratch = Scratch("postgresql", url, place)
    fault.stack.callback(own_postgresql.drop_database, url)
    fault.stack.callback(subject.scratch.close)


@when("the database is away for longer than the lease")
def away(fault: Fault, outage: Outage) -> None:
    """The server is killed and starts again later; the step goes on in the middle of it."""
    if fault.gate is not None and fault.gate.locks_all:  # it is away already
        pause(OUTAGE_SECONDS)
        fault.let_go()
        return
    with outage():
        fault.let_write()
        pause(OUTAGE_SECONDS / 2)
        fault.let_go()
        pause(OUTAGE_SECONDS / 2)


@when("the database is restarted again and again")
def restarted(fault: Fault, outage: Outage) -> None:
    """Five short outages while the step goes on."""
    if fault.gate is not None and fault.gate.locks_all:
        fault.let_write()
    for turn in range(TURNS):
        with outage():
            pause(0.1)
        if turn == 0:
            fault.let_go()
        pause(0.15)

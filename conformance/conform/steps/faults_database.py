"""Steps of the fault matrix about the database of the fraise, and about what it is kept by."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
import pytest
from pytest_bdd import given, then, when

from conform.steps.deploy import split
from conform.steps.deploy_sentences import sentence
from conform.steps.faults import Fault, set_key
from conform.world import asking, own_postgresql
from conform.world.fraise_database import KEYS, FraiseDatabase

STEPS = """
SELECT s.message FROM tb_deployment_step s
  JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
 WHERE d.id = :id AND s.step = 'backup' AND s.state = 'succeeded'
"""


@given(sentence('"{fraise}" has a database in which the step "{step}" can be held'))
def held_database(fault: Fault, request: pytest.FixtureRequest, fraise: str, step: str) -> None:
    """A PostgreSQL database, also where that of Fraisier is an SQLite file."""
    subject = fault.deploying.subject
    url = own_postgresql.new_database(request.getfixturevalue("own_server").url)
    fault.stack.callback(own_postgresql.drop_database, url)
    database = fault.database = FraiseDatabase(url)
    if step == "migrate (pgGit)":
        database.add_pggit()
    if step == "compile":
        install_compiler(fault)
    set_key(fault, fraise, "database", {"type": "postgresql", "url": url} | KEYS[step])
    files = database.files(step)
    if files:
        subject.workspace.repository.commit_files(files, "for the database")


@given(sentence('"{fraise}" has a database whose migrations its old code cannot live with'))
def gated_database(fault: Fault, request: pytest.FixtureRequest, fraise: str) -> None:
    """One migration is pending."""
    held_database(fault, request, fraise, "nothing")


def install_compiler(fault: Fault) -> None:
    """The observers find the stand-in first."""
    folder = fault.deploying.subject.workspace.folder / "programs"
    folder.mkdir()
    program = folder / "fraiseql-cli"
    program.write_text(fault.holding.compiler())
    program.chmod(0o755)
    usual = fault.deploying.subject.environment()["PATH"]
    fault.environment["PATH"] = os.pathsep.join((str(folder), usual))


@then("the held step has done its work once")
def done_once(fault: Fault) -> None:
    """The dump is whole, the migration applied once, the schema compiled, the rows there."""
    assert fault.database is not None
    rows = fault.deploying.subject.scratch.rows(STEPS, id=fault.deploying.asked[-1])
    words = [word for row in rows for word in str(row["message"]).split() if "/" in word]
    backup = Path(words[0]) if words else None
    compiled = bool(fault.holding.noted("compiled", fault.holding.new))
    assert fault.database.problems(fault.step, backup, compiled) == []


@then(
    sentence(
        'it is told that version "{version}" serves "{place}" on a database that it may not know'
    )
)
def told_ahead(fault: Fault, version: str, place: str) -> None:
    """The way that lies ahead is a release that works; nobody is told that all is well."""
    deploying, (fraise, environment) = fault.deploying, split(place)
    row = next(r for r in deploying.history() if r["id"] == deploying.asked[-1])
    assert "database was changed" in row["error_message"], f"it is {row}"
    assert deploying.commits[version][:12] in row["error_message"], f"it is {row}"
    query = "SELECT * FROM v_fraise_status WHERE fraise = :fraise AND environment = :environment"
    status = deploying.subject.scratch.row(query, fraise=fraise, environment=environment)
    assert status["status"] != "healthy", f"the record says {status}"
    deploying.subject.workspace.wait_for_version(version, fraise, environment)


@when(sentence('what keeps "{place}" running stands still'))
def freeze_keeper(fault: Fault, place: str) -> None:
    """The process that has started the service; the service itself goes on."""
    keeper = fault.keeper = keeper_of(fault, place)
    os.kill(keeper, signal.SIGSTOP)
    fault.stack.callback(os.kill, keeper, signal.SIGCONT)


@when(sentence('what keeps "{place}" running goes on'))
def thaw_keeper(fault: Fault, place: str) -> None:
    """As if no time had passed for it."""
    os.kill(fault.keeper, signal.SIGCONT)


def keeper_of(fault: Fault, place: str) -> int:
    """The parent of the process that answers."""
    port = fault.deploying.subject.workspace.port(*split(place))
    answer: httpx.Response = asking.request("GET", f"http://127.0.0.1:{port}/version")
    facts = Path("/proc", str(answer.json()["pid"]), "stat").read_text()
    return int(facts.rpartition(")")[2].split()[1])

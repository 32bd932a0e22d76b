"""Sentences about what a user reads after deployments."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened, at
from conform.steps.deploy import Deploying
from conform.world.processes import Running
from conform.world.subject import Result, Subject

COMMIT = r'the commit of version "(?P<version>[^"]*)"'


@then(parsers.re(rf"the JSON names {COMMIT} at (?P<path>\S+)"))
def json_has_commit(happened: Happened, deploying: Deploying, version: str, path: str) -> None:
    """The document has the full id of a version's commit at a dotted path."""
    assert at(happened.command.json(), path) == deploying.commits[version]


@then(parsers.re(rf"the words (?P<verb>have|lack) {COMMIT}"))
def words_have_commit(happened: Happened, deploying: Deploying, verb: str, version: str) -> None:
    """The id of a version's commit is, or is not, somewhere on standard output."""
    shown = deploying.commits[version] in happened.command.stdout
    assert shown == (verb == "have"), happened.command.stdout


class Started:
    """A command that runs beside the scenario."""

    def __init__(self, running: Running) -> None:
        self.running = running

    def result(self) -> dict[str, Any]:
        """The last of its JSON lines. Raises AssertionError when it is no result."""
        last = self.running.events()[-1]
        assert last["event"] == "result", last
        return last


@pytest.fixture
def started() -> list[Started]:
    """The commands that were started, the newest last."""
    return []


@given(parsers.re(r"the user started `(?P<line>[^`]*)`"))
@when(parsers.re(r"the user starts `(?P<line>[^`]*)`"))
def start_command(implementation: Subject, started: list[Started], line: str) -> None:
    """Start a command with --json and go on."""
    started.append(Started(implementation.spawn(*line.split(), "--json")))


@when(parsers.re(r"its deployment is requested"))
def is_requested(started: list[Started]) -> None:
    """The newest command has put its request into the queue."""
    started[-1].running.wait_for_event(event="requested")


@when(parsers.re(r"the user interrupts it with (?P<name>SIGINT|SIGTERM|SIGHUP)"))
def interrupt(started: list[Started], name: str) -> None:
    """Send the newest command a signal and wait for its end."""
    started[-1].running.signal(getattr(signal, name))
    started[-1].running.wait(20)


@then(parsers.re(r'it ends as "interrupted" and its deployment as "(?P<outcome>\w+)"'))
def ends_interrupted(started: list[Started], deploying: Deploying, outcome: str) -> None:
    """Exit status 130, a result that says so, and a deployment that is not stuck."""
    newest = started.pop()
    assert newest.running.exit == 130, newest.running.tail()
    result = newest.result()
    assert (result["success"], result["code"]) == (False, "interrupted"), result
    rows = {row["id"]: row for row in deploying.history()}
    deployment = result["deployment"]
    assert rows[deployment["id"]]["outcome"] == outcome, rows


@when(parsers.re(r"nobody reads what `(?P<line>[^`]*)` prints"))
def closed_pipe(implementation: Subject, happened: Happened, line: str) -> None:
    """Run a command whose reader has gone before the first line."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*implementation.manifest.cli, *line.split()],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        cwd=implementation.workspace.folder,
        env=implementation.environment(None),
        timeout=60,
        check=False,
    )
    os.close(writer)
    happened.result = Result(done.returncode, "", done.stderr)

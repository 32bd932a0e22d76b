"""Steps for any scenario that runs commands or asks a server."""

from __future__ import annotations

import json
import shlex
from typing import Any, cast

import pytest
from pytest_bdd import given, parsers, then, when

from conform.world.server import Answer, Server
from conform.world.subject import Result, Subject


class Happened:
    """What came of the scenario's last command and request."""

    def __init__(self) -> None:
        self.result: Result | None = None
        self.server: Server | None = None
        self.answer: Answer | None = None

    @property
    def command(self) -> Result:
        """The last command's result. Raises AssertionError when none was run."""
        assert self.result is not None, "no command was run"
        return self.result

    @property
    def response(self) -> Answer:
        """The last request's answer. Raises AssertionError when none was sent."""
        assert self.answer is not None, "no request was sent"
        return self.answer


@pytest.fixture
def happened() -> Happened:
    """What came of the scenario's last command and request."""
    return Happened()


@given("a server is running")
@when("a server is started")
def serve(implementation: Subject, happened: Happened) -> None:
    """Start the server by its contract, without an observer."""
    happened.server = implementation.serve(observer=False)


@when(parsers.re(r"the command `(?P<line>[^`]*)` is run"))
def run_command(implementation: Subject, happened: Happened, line: str) -> None:
    """Run a command line of the implementation, without the program's name."""
    happened.result = implementation.cli(*shlex.split(line))


@when(parsers.re(r"GET (?P<path>/\S*) is asked for"))
def get(happened: Happened, path: str) -> None:
    """Ask the running server for a path."""
    assert happened.server is not None, "no server is running"
    happened.answer = happened.server.get(path)


@then(parsers.parse("the exit status is {status:d}"))
def exit_status(happened: Happened, status: int) -> None:
    """The last command ended with this status."""
    command = happened.command
    assert command.exit == status, f"{command.exit}: {command.stdout}{command.stderr}"


@then(parsers.parse('standard output contains "{text}"'))
def output_contains(happened: Happened, text: str) -> None:
    """The text is somewhere in what the last command printed."""
    assert text in happened.command.stdout, happened.command.stdout


@then(parsers.parse("the JSON at {path} is {expected}"))
def json_at(happened: Happened, path: str, expected: str) -> None:
    """The JSON document has this value at a dotted path."""
    assert at(happened.command.json(), path) == json.loads(expected), happened.command.stdout


@then(parsers.parse('the command fails with "{code}"'))
def command_fails(happened: Happened, code: str) -> None:
    """The JSON document is an error with this code, and the exit status is not 0."""
    assert at(happened.command.json(), "error.code") == code, happened.command.stdout
    assert happened.command.exit != 0


@then(parsers.parse("the response has status {status:d}"))
def response_status(happened: Happened, status: int) -> None:
    """The last request was answered with this status."""
    assert happened.response.status == status, happened.response.text


@then(parsers.parse("the response has {expected} at {path}"))
def response_at(happened: Happened, expected: str, path: str) -> None:
    """The response's JSON has this value at a dotted path."""
    assert at(happened.response.json(), path) == json.loads(expected), happened.response.text


def at(document: Any, path: str) -> Any:
    """The value at ``a.b.0``; None where there is nothing."""
    for part in path.split("."):
        document = _below(document, part)
    return document


def _below(document: Any, part: str) -> Any:
    if isinstance(document, list):
        entries = cast("list[Any]", document)
        return entries[int(part)] if part.isdigit() and int(part) < len(entries) else None
    return cast("dict[str, Any]", document).get(part) if isinstance(document, dict) else None

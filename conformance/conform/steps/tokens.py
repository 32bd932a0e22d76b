"""Steps about API tokens, and about commands that ask a server from afar."""

from __future__ import annotations

import json
import shlex
from typing import Any, cast

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.steps.cli_commands import Typed
from conform.world.ports import free_port
from conform.world.server import Answer
from conform.world.subject import Result, Subject
from conform.world.waiting import eventually

PLACE = '(fraise: "shop", environment: "production")'
DOCUMENTS = {
    "query": "{ fraises { name } }",
    "deployment": f"mutation {{ deploy{PLACE} {{ success deployment {{ actor }} }} }}",
    "list of tokens": "{ apiTokens { name } }",
    "deployment with a revocation": f"mutation {{ deploy{PLACE} {{ success }}"
    ' revokeToken(name: "ci") { code } }',
}
# Not of this machine: what the user has is the address and the token.
AFAR: dict[str, str | None] = {"FRAISIER_CONFIG": None, "FRAISIER_DATABASE_URL": None}
# What the API tells of jobs and routing is less than fraises.yaml.
ONLY_HERE = ("tags", "paths")


@pytest.fixture
def secrets() -> dict[str, str]:
    """The secrets of the scenario's tokens by their names."""
    return {}


@given(parsers.re(r'a token "(?P<name>[^"]+)" for "(?P<scopes>[^"]+)"(?: valid (?P<time>\S+))?'))
def make_token(
    implementation: Subject, secrets: dict[str, str], name: str, scopes: str, time: str | None
) -> None:
    """``token create`` on the server's machine."""
    wanted = [word for scope in scopes.split() for word in ("--scope", scope)]
    expiry = ["--expires", time] if time else []
    made = implementation.cli("--json", "token", "create", name, *wanted, *expiry)
    assert made.exit == 0, made.stdout + made.stderr
    secrets[name] = made.json()["secret"]


@when(parsers.parse('the token "{name}" is revoked'))
def revoke(implementation: Subject, name: str) -> None:
    """``token revoke`` on the server's machine."""
    done = implementation.cli("token", "revoke", name)
    assert done.exit == 0, done.stderr


@when(parsers.re(r'a (?P<what>[a-z ]+) is asked for with the token "(?P<name>[^"]+)"'))
def ask(happened: Happened, secrets: dict[str, str], what: str, name: str) -> None:
    """GraphQL, or /metrics."""
    happened.answer = asked(happened, secrets[name], what)


def asked(happened: Happened, secret: str, what: str) -> Answer:
    """The answer to somebody with this token."""
    assert happened.server is not None, "no server is running"
    headers = {
        "Authorization": f"Bearer {secret}",
        "Accept": "application/graphql-response+json",
    }
    if what == "reading":
        return happened.server.get("/metrics", headers)
    return happened.server.post("/graphql", {"query": DOCUMENTS[what]}, headers)


@then(parsers.parse('the token "{name}" opens nothing any more'))
def opens_nothing(happened: Happened, secrets: dict[str, str], name: str) -> None:
    """It stops working, at the latest when its time is over."""
    eventually(
        lambda: asked(happened, secrets[name], "query").status == 401, f"{name} to open nothing"
    )


@then(parsers.parse('GraphQL refuses it with 403 and "{code}" at {field}'))
def graphql_refuses(happened: Happened, code: str, field: str) -> None:
    """Nothing was executed; the error names the code and the field."""
    response = happened.response
    assert response.status == 403, response.text
    document = response.json()
    assert "data" not in document, response.text
    (error,) = document["errors"]
    assert error["extensions"]["code"] == code, response.text
    assert field in error["message"], response.text


@then(parsers.parse('the token "{name}" is nowhere in what was printed'))
def is_nowhere(happened: Happened, secrets: dict[str, str], name: str) -> None:
    """Neither the last command nor the server's log has it."""
    assert happened.server is not None
    assert secrets[name] not in happened.command.stdout + happened.command.stderr


@when(parsers.re(r'`(?P<line>[^`]*)` is run from afar with the token "(?P<name>[^"]+)"'))
def run_from_afar(
    implementation: Subject, happened: Happened, typed: Typed, secrets: dict[str, str],
    line: str, name: str,
) -> None:  # fmt: skip
    """A command line with ``--server``, without configuration and database."""
    typed.words = shlex.split(line)
    happened.result = afar(implementation, happened, secrets[name], *typed.words)


def afar(implementation: Subject, happened: Happened, secret: str, *words: str) -> Result:
    """A command that asks the running server."""
    assert happened.server is not None, "no server is running"
    variables = {**AFAR, "FRAISIER_TOKEN": secret, "FRAISIER_SERVER": happened.server.url}
    return implementation.cli(*words, env=variables)


@then("it says what the server's own machine says")
def says_the_same(implementation: Subject, happened: Happened, typed: Typed) -> None:
    """The same exit status, and the same text or document."""
    here = implementation.cli(*typed.words)
    there = happened.command
    assert there.exit == here.exit, there.stdout + there.stderr
    if "--json" not in typed.words:
        assert (there.stdout, there.stderr) == (here.stdout, here.stderr)
        return
    assert compared(there.stdout) == compared(here.stdout)


def compared(text: str) -> Any:
    """The document without what only fraises.yaml knows."""
    return _without(json.loads(text))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _without(item) for key, item in items if key not in ONLY_HERE}
    if isinstance(value, list):
        return [_without(item) for item in cast("list[Any]", value)]
    return value


@when(parsers.re(r"`(?P<line>[^`]*)` asks a server (?P<which>that is away|of another kind)"))
def ask_nobody(
    implementation: Subject, happened: Happened, typed: Typed, line: str, which: str
) -> None:
    """Nobody listens at the address, or who listens speaks no TLS."""
    typed.words = shlex.split(line)
    if which == "that is away":
        url = f"http://127.0.0.1:{free_port()}"
    else:
        assert happened.server is not None
        url = happened.server.url.replace("http://", "https://")
    variables = {**AFAR, "FRAISIER_TOKEN": "none", "FRAISIER_SERVER": url}
    happened.result = implementation.cli(*typed.words, env=variables)

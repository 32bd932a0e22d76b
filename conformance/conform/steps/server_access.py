"""Steps about who is let in: the token of a server, the receiver of webhooks alone."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pytest_bdd import given, parsers, then, when

from conform.recorder import Recorder
from conform.steps.asking import Happened
from conform.world.ports import free_port
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import DUMPER, LOADER, Workspace

TOKEN = "a-token-of-this-scenario"
TOKENS: dict[str, dict[str, str]] = {
    "without a token": {},
    "with a wrong token": {"Authorization": "Bearer another-token-of-this-scenario"},
    "with the token": {"Authorization": f"Bearer {TOKEN}"},
}


@given("the server asks for a token")
def with_token(workspace: Workspace) -> None:
    """``server.token`` is set."""
    configure_server(workspace, token=TOKEN)


def configure_server(workspace: Workspace, **keys: Any) -> None:
    """Write the section ``server`` of the registry anew."""
    document = yaml.load(workspace.config.read_text(), LOADER)
    document["server"] = keys
    workspace.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))


@when(parsers.re(r"a (?P<what>query|deployment|reading) is asked for (?P<how>with.*token)"))
def ask_with_token(happened: Happened, what: str, how: str) -> None:
    """A query or mutation of /graphql, or /metrics."""
    assert happened.server is not None, "no server is running"
    queries = {
        "query": "{ fraises { name } }",
        "deployment": 'mutation { deploy(fraise: "shop", environment: "production") { success } }',
    }
    if what == "reading":
        happened.answer = happened.server.get("/metrics", TOKENS[how])
    else:
        body: dict[str, Any] = {"query": queries[what]}
        happened.answer = happened.server.post("/graphql", body, TOKENS[how])


@given(parsers.parse("the registry has {secret} as {key}"))
def with_secret(workspace: Workspace, secret: str, key: str) -> None:
    """A secret (JSON) at a dotted path; a server with a token is not open."""
    document = yaml.load(workspace.config.read_text(), LOADER)
    section, *middle, last = key.split(".")
    if section == "server":
        document["server"] = {}
    place = document[section]
    for name in middle:
        place = place.setdefault(name, {})
    place[last] = json.loads(secret)
    workspace.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))


@given("the registry does not say who may ask")
def says_nothing(workspace: Workspace) -> None:
    """Neither ``server.token`` nor ``server.open``."""
    configure_server(workspace, port=8000)


@when("the supervisor asks for a query")
def ask_as_supervisor(implementation: Subject, happened: Happened) -> None:
    """The control token of the start contract."""
    ask(happened, {"Authorization": f"Bearer {implementation.control_token}"})


@when(parsers.parse('a query is asked for with the header "{name}: {value}"'))
def ask_with_header(happened: Happened, name: str, value: str) -> None:
    """A query that looks as if it came from elsewhere."""
    ask(happened, {name: value})


def ask(happened: Happened, headers: dict[str, str]) -> None:
    """A query of /graphql."""
    assert happened.server is not None, "no server is running"
    body = {"query": "{ fraises { name } }"}
    happened.answer = happened.server.post("/graphql", body, headers)


@then(parsers.parse('the server does not start on "{host}" and says "{code}"'))
def does_not_start_on(implementation: Subject, host: str, code: str) -> None:
    """A command that ends at once with the error's exit status and code."""
    arguments = ("serve", "--host", host, "--port", "0", "--no-observer", "--json")
    done = implementation.cli(*arguments, timeout=20)
    assert done.exit != 0
    assert done.json()["error"]["code"] == code, done.stdout


@given("only the webhook receiver runs")
def receiver(
    implementation: Subject, happened: Happened, recorder: Recorder, workspace: Workspace
) -> None:
    """``fraisier webhook --port N``, which listens on exactly this port."""
    port = free_port()
    running = implementation.spawn("webhook", "--host", "127.0.0.1", "--port", str(port))
    happened.server = Server(f"http://127.0.0.1:{port}", recorder, running, workspace.secret)
    eventually(lambda: running.lines, "the receiver to listen")

"""Steps about who is let in: the token of a server, the receiver of webhooks alone."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, when

from conform.recorder import Recorder
from conform.steps.asking import Happened
from conform.world.ports import free_port
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace

TOKEN = "a-token-of-this-scenario"
TOKENS: dict[str, dict[str, str]] = {
    "without a token": {},
    "with a wrong token": {"Authorization": "Bearer another-token-of-this-scenario"},
    "with the token": {"Authorization": f"Bearer {TOKEN}"},
}


@given("the server asks for a token")
def with_token(workspace: Workspace) -> None:
    """``server.token`` is set."""
    workspace.write_config(f"{workspace.config.read_text()}server:\n  token: {TOKEN}\n")


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


@given("only the webhook receiver runs")
def receiver(
    implementation: Subject, happened: Happened, recorder: Recorder, workspace: Workspace
) -> None:
    """``fraisier webhook --port N``, which listens on exactly this port."""
    port = free_port()
    running = implementation.spawn("webhook", "--host", "127.0.0.1", "--port", str(port))
    happened.server = Server(f"http://127.0.0.1:{port}", recorder, running, workspace.secret)
    eventually(lambda: running.lines, "the receiver to listen")

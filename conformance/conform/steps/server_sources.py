"""Steps about where requests come from, and what is borne of one source."""

from __future__ import annotations

import yaml
from pytest_bdd import given, parsers, then, when

from conform.steps.server_access import TOKEN, ask, configure_server
from conform.steps.webhook import Delivering
from conform.world.server import Answer
from conform.world.wire import answer_on, connect
from conform.world.workspace import DUMPER, LOADER, Workspace

HEAD = (
    "POST /webhook HTTP/1.1\r\nHost: forge.example\r\nContent-Type: application/json\r\n"
    "X-GitHub-Event: push\r\nX-GitHub-Delivery: none\r\nContent-Length: {size}\r\n\r\n"
)
WRONG = "not-the-secret-of-this-hook"


@given(parsers.parse("{count:d} wrong signatures a minute are borne"))
def limited(workspace: Workspace, count: int) -> None:
    """A low limit, and an open server."""
    configure_server(workspace, open=True, failed_signatures=count)


@given(parsers.parse("{count:d} wrong signatures a minute are borne behind the proxy {proxy}"))
def limited_behind(workspace: Workspace, count: int, proxy: str) -> None:
    """A low limit, and a proxy whose word counts."""
    configure_server(workspace, open=True, failed_signatures=count, trusted_proxies=[proxy])


@given(parsers.parse("{count:d} wrong tokens a minute are borne"))
def limited_tokens(workspace: Workspace, count: int) -> None:
    """A low limit, and a server with a token."""
    configure_server(workspace, token=TOKEN, failed_signatures=count)


@given(parsers.re("(unsigned )?webhooks of (?P<forge>[a-z]+) come from (?P<network>[0-9./]+)"))
def from_network(workspace: Workspace, forge: str, network: str) -> None:
    """An allow list of one network."""
    document = yaml.load(workspace.config.read_text(), LOADER)
    document["git"].setdefault(forge, {})["addresses"] = [network]
    workspace.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))


@given(parsers.parse("the proxy {proxy} is trusted"))
def trusted(workspace: Workspace, proxy: str) -> None:
    """A proxy whose word about a client's address counts."""
    configure_server(workspace, open=True, trusted_proxies=[proxy])


@when(parsers.parse("{count:d} pushes signed with another secret are delivered"))
def deliver_wrong(delivering: Delivering, count: int) -> None:
    """Someone who tries."""
    for _ in range(count):
        delivering.send(delivering.push(), secret=WRONG)


@when(parsers.parse('{count:d} pushes signed with another secret are forwarded for "{clients}"'))
def deliver_forwarded(delivering: Delivering, count: int, clients: str) -> None:
    """Someone behind a proxy, who also writes addresses down; N is another one each time."""
    for number in range(1, count + 1):
        headers = {"X-Forwarded-For": clients.replace("N", str(number))}
        delivering.send(delivering.push(), secret=WRONG, headers=headers)


@when(parsers.parse('a push is forwarded for "{clients}"'))
def deliver_for(delivering: Delivering, clients: str) -> None:
    """A signed push through proxies."""
    delivering.send(delivering.push(), headers={"X-Forwarded-For": clients})


@when(parsers.parse("{count:d} queries are asked for with wrong tokens"))
def guess(delivering: Delivering, count: int) -> None:
    """Someone who guesses."""
    for number in range(count):
        ask(delivering.happened, {"Authorization": f"Bearer a-guess-of-the-token-{number}"})


@when(parsers.parse("only the headers of a push of {size:d} MiB are sent"))
def send_head(delivering: Delivering, size: int) -> None:
    """A body is announced, and never comes: whoever answers has not read it."""
    server = delivering.happened.server
    assert server is not None, "no server is running"
    with connect(server.url) as connection:
        connection.sendall(HEAD.format(size=size * 1024 * 1024).encode())
        got = answer_on(connection)
    delivering.happened.answer = Answer(got.status, got.headers, got.text)


@then("it says in how many seconds to come again")
def retry_after(delivering: Delivering) -> None:
    """``Retry-After`` is a number of seconds, and no long time."""
    headers = {name.lower(): text for name, text in delivering.happened.response.headers.items()}
    assert headers.get("retry-after", "").isdigit(), headers
    assert 1 <= int(headers["retry-after"]) <= 60

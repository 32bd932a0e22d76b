"""Steps about subscriptions whose token ends before they do."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, then

from conform.steps.asking import Happened
from conform.world.subscribing import Closed, SocketClient, StreamClient

DOCUMENT = {"query": "subscription { deploymentCompleted { id } }"}


@pytest.fixture
def sockets() -> dict[str, SocketClient]:
    """Who listens over a WebSocket."""
    return {}


@pytest.fixture
def streams() -> dict[str, StreamClient]:
    """Who listens over a stream of events."""
    return {}


def _headers(secrets: dict[str, str], token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secrets[token]}"}


@given(parsers.parse('"{name}" listens over a WebSocket with the token "{token}"'))
def listen_to_socket(
    happened: Happened,
    secrets: dict[str, str],
    sockets: dict[str, SocketClient],
    name: str,
    token: str,
) -> None:
    """The token comes with the handshake."""
    assert happened.server is not None
    sockets[name] = SocketClient(happened.server.url, DOCUMENT, _headers(secrets, token))


@given(parsers.parse('"{name}" listens over an event stream with the token "{token}"'))
def listen_to_stream(
    happened: Happened,
    secrets: dict[str, str],
    streams: dict[str, StreamClient],
    name: str,
    token: str,
) -> None:
    """The token comes with the request."""
    assert happened.server is not None
    streams[name] = StreamClient(happened.server.url, DOCUMENT, _headers(secrets, token))


@then(parsers.parse('the WebSocket of "{name}" is closed with {code:d}'))
def socket_is_closed(sockets: dict[str, SocketClient], name: str, code: int) -> None:
    """By the server, without a result."""
    with pytest.raises(Closed) as closed:
        sockets[name].next()
    assert closed.value.code == code, closed.value


@then(parsers.parse('the event stream of "{name}" ends with "{code}"'))
def stream_ends(streams: dict[str, StreamClient], name: str, code: str) -> None:
    """The error is the last thing that it is told."""
    assert streams[name].next()["errors"][0]["extensions"]["code"] == code
    assert streams[name].event()["event"] == "complete"
    with pytest.raises(Closed):
        streams[name].event()

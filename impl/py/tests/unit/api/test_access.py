"""Who gets past the guard of the status pages."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from fraisier.api.access import Guard, Identity
from fraisier.config import ServerSettings
from fraisier.domain.errors import FraisierError
from fraisier.http.failures import Failures
from fraisier.http.messages import Request, Response, json_response

TOKEN = "a-token-of-this-test"
CLOSED = ServerSettings()
OPEN = ServerSettings(open=True)
WITH_TOKEN = ServerSettings(token=TOKEN)


async def page(_request: Request) -> Response:
    """What is behind the guard."""
    return json_response(200, {})


def code(server: ServerSettings, control_token: str | None = None, **headers: str) -> str:
    """``in``, or the code of the refusal."""
    config: Any = SimpleNamespace(server=server)
    guard = Guard(lambda: config, Failures(lambda: 100), control_token)
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def ask() -> int:
        return (await guard(page)(Request("GET", "/metrics", b"", named))).status

    try:
        return {200: "in"}[asyncio.run(ask())]
    except FraisierError as error:
        return error.code


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"Bearer {TOKEN}", "in"),
        (f"bearer  {TOKEN} ", "in"),
        (f"Basic {TOKEN}", "unauthorized"),
        (TOKEN, "unauthorized"),
        ("Bearer", "unauthorized"),
        ("Bearer ", "unauthorized"),
        (f"Bearer {TOKEN}x", "unauthorized"),
        (f"Bearer {TOKEN}, Bearer {TOKEN}", "unauthorized"),
        ("Bearer caf\xe9", "unauthorized"),
    ],
)
def test_guard__token__opens(given: str, expected: str) -> None:
    """Only the token, only as a bearer."""
    assert code(WITH_TOKEN, authorization=given) == expected


def test_guard__nothing_said__is_closed() -> None:
    """Neither a missing nor an empty token is one."""
    assert code(CLOSED) == "unauthorized"
    assert code(CLOSED, "", authorization="Bearer ") == "unauthorized"
    assert code(ServerSettings(token=""), authorization="Bearer ") == "unauthorized"


def test_guard__control_token__opens_beside_the_other() -> None:
    """The supervisor's token and the operator's both do; neither makes the other invalid."""
    assert code(CLOSED, "of-the-supervisor", authorization="Bearer of-the-supervisor") == "in"
    assert code(WITH_TOKEN, "of-the-supervisor", authorization="Bearer of-the-supervisor") == "in"
    assert code(WITH_TOKEN, "of-the-supervisor", authorization=f"Bearer {TOKEN}") == "in"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "in"),
        ("127.0.0.1:8000", "in"),
        ("localhost:8000", "in"),
        ("[::1]:8000", "in"),
        ("[::1]", "in"),
        ("::1", "unauthorized"),  # without brackets it is no host
        ("evil.example", "unauthorized"),
        ("evil.example:8000", "unauthorized"),
        ("127.0.0.1.evil.example", "unauthorized"),
        ("localhost.evil.example:80", "unauthorized"),
        ("[::1].evil.example", "unauthorized"),
        ("192.0.2.7:8000", "unauthorized"),
        ("", "unauthorized"),
    ],
)
def test_guard__open__asks_for_a_name_of_this_machine(host: str, expected: str) -> None:
    """A page of the web that reaches the loopback address does so by a name of its own."""
    assert code(OPEN, host=host) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8000", "in"),
        ("https://desk.example", "in"),  # listed
        ("https://desk.example:444", "unauthorized"),
        ("http://localhost:5173", "unauthorized"),
        ("http://127.0.0.1:8000", "unauthorized"),
        ("https://desk.example, https://desk.example", "unauthorized"),
        ("http://[", "unauthorized"),
        ("null", "unauthorized"),
        ("", "unauthorized"),
    ],
)
def test_guard__open__keeps_pages_of_other_origins_out(origin: str, expected: str) -> None:
    """Nothing but its origin says who asks, where no token does."""
    server = OPEN._replace(cors=("https://desk.example",))
    assert code(server, host="localhost:8000", origin=origin) == expected
    assert code(WITH_TOKEN, origin=origin, authorization=f"Bearer {TOKEN}") == "in"


def test_guard__open__takes_who_names_no_host() -> None:
    """HTTP/1.0 has no such header; browsers always send it."""
    assert code(OPEN) == "in"


@pytest.mark.parametrize("name", ["forwarded", "x_forwarded_for", "x_real_ip", "via"])
def test_guard__open__keeps_out_what_a_proxy_passes_on(name: str) -> None:
    """Behind a proxy everybody comes from this machine."""
    assert code(OPEN, **{"host": "localhost", name: "192.0.2.7"}) == "unauthorized"


def test_guard__open__token_that_is_none__is_refused() -> None:
    """Who gives a token is who the token says, or nobody."""
    assert code(OPEN, host="localhost") == "in"
    assert code(OPEN, host="localhost", authorization="Bearer nothing") == "unauthorized"


def test_guard__api_token__is_looked_up() -> None:
    """What is in no configuration may be a token of the database; its scopes come along."""
    config: Any = SimpleNamespace(server=CLOSED)
    found = Identity("token ci", frozenset(["read"]))

    async def tokens(given: str) -> Identity | None:
        return found if given == "known" else None

    guard = Guard(lambda: config, Failures(lambda: 100), None, tokens)
    asked = Request("GET", "/metrics", b"", {"authorization": "Bearer known"})
    assert asyncio.run(guard.identify(asked)) is found
    with pytest.raises(FraisierError, match="admin"):
        asyncio.run(guard(page, "admin")(asked))
    asked.headers = {"authorization": "Bearer other"}
    with pytest.raises(FraisierError, match="token"):
        asyncio.run(guard.identify(asked))


def test_identity__scope__is_required() -> None:
    """A scope opens what it names and nothing else; the refusal says which one is missing."""
    reader = Identity("token reader", frozenset(["read"]))
    reader.require("read")
    with pytest.raises(FraisierError) as refused:
        reader.require("deploy")
    assert refused.value.code == "forbidden"
    assert "deploy" in refused.value.message

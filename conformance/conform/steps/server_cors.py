"""Steps about pages of other origins: what a browser would send for them, and be told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.steps.server_access import TOKEN, TOKENS, configure_server
from conform.world.server import Answer, Server
from conform.world.subscribing import Refused, Wire
from conform.world.workspace import Workspace

Table = Sequence[Sequence[str]]
QUERY = {"query": "{ fraises { name } }"}
DEPLOYMENT = {"query": 'mutation { deploy(fraise: "shop", environment: "production") { success } }'}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


class Pages:
    """The answers that pages were given."""

    def __init__(self) -> None:
        self.token: dict[str, str] = {}
        self.answers: list[tuple[str, Answer]] = []

    def ask(self, server: Server, request: str, headers: dict[str, str]) -> Answer:
        """One request as a page makes a browser send it."""
        answer = _sent(server, request, headers, self.token)
        self.answers.append((request, answer))
        return answer


@pytest.fixture
def pages() -> Pages:
    """Pages of other origins."""
    return Pages()


@given(parsers.parse("pages of {origins} may ask with the token"))
def listed(workspace: Workspace, pages: Pages, origins: str) -> None:
    """``server.cors``."""
    pages.token = TOKENS["with the token"]
    configure_server(workspace, token=TOKEN, cors=origins.split(", "))


@given(parsers.parse("pages of {origins} may ask an open server"))
def listed_openly(workspace: Workspace, origins: str) -> None:
    """``server.cors`` beside ``server.open``."""
    configure_server(workspace, open=True, cors=origins.split(", "))


@when("pages ask, and are answered so:")
def answered(happened: Happened, pages: Pages, datatable: Table) -> None:
    """One row a request: the origin of its page, and what the answer says of it."""
    server = _server(happened)
    for request, origin, status, allowed, vary in datatable[1:]:
        answer = pages.ask(server, request, _of_page(server, origin))
        found = {name.lower(): text for name, text in answer.headers.items()}
        said = [found.get(name, "") for name in ("access-control-allow-origin", "vary")]
        assert [str(answer.status), *said] == [status, allowed, vary], (request, origin, answer)
        shares = [name for name in found if name.startswith("access-control-")]
        assert bool(shares) == bool(allowed), (request, origin, shares)


@then("no answer allowed credentials")
def no_credentials(pages: Pages) -> None:
    """What a browser knows of its user is never sent along."""
    assert pages.answers
    assert not [
        answer
        for _, answer in pages.answers
        if "access-control-allow-credentials" in {name.lower() for name in answer.headers}
    ]


@then(parsers.parse('an answer to a listed page exposes "{names}"'))
def exposes(pages: Pages, names: str) -> None:
    """The headers that the page may read."""
    assert _header(pages, "query", "access-control-expose-headers") == names


@then(parsers.parse('the preflight allowed "{methods}" and "{headers}"'))
def allowed_by_preflight(pages: Pages, methods: str, headers: str) -> None:
    """What a page may send, and for how long a browser goes by it."""
    assert _header(pages, "preflight", "access-control-allow-methods") == methods
    assert _header(pages, "preflight", "access-control-allow-headers") == headers
    assert 0 < int(_header(pages, "preflight", "access-control-max-age")) <= 7200
    (answer, *_) = [answer for request, answer in pages.answers if request == "preflight"]
    assert answer.text == "" and "content-length" not in answer.headers, answer


@then("a WebSocket of a page is answered so:")
def socket_answered(happened: Happened, datatable: Table) -> None:
    """One row a page: 101, or why it is refused."""
    server = _server(happened)
    for origin, expected in datatable[1:]:
        try:
            Wire(server.url, headers=_of_page(server, origin)).cut_off()
            found = "101"
        except Refused as refused:
            found = refused.code
        assert found == expected, origin


def _header(pages: Pages, wanted: str, name: str) -> str:
    """A header of the first answer to such a request."""
    answers = [answer for request, answer in pages.answers if request == wanted]
    found = {key.lower(): text for key, text in answers[0].headers.items()}
    return found[name]


def _server(happened: Happened) -> Server:
    assert happened.server is not None, "no server is running"
    return happened.server


def _of_page(server: Server, origin: str) -> dict[str, str]:
    own = server.url if origin == "its own" else origin
    return {"Origin": own} if origin else {}


def _sent(server: Server, request: str, page: dict[str, str], token: Mapping[str, str]) -> Answer:
    known = {**page, **token}
    what, _, kind = request.partition(" as ")
    if request == "health":
        return server.get("/health", page)
    if request in ("preflight", "preflight of webhook", "OPTIONS"):
        path = "/webhook" if "webhook" in request else "/graphql"
        asked = {} if request == "OPTIONS" else PREFLIGHT
        return server.send("OPTIONS", path, headers={**page, **asked})
    if request.endswith(" by GET"):
        document = DEPLOYMENT if request.startswith("deployment") else QUERY
        return server.get(f"/graphql?{urlencode(document)}", known)
    if request == "stream":
        return server.post("/graphql", QUERY, {**known, "Accept": "text/event-stream"})
    if what == "deployment":
        named = {} if kind == "nothing" else {"Content-Type": kind or "application/json"}
        return server.send("POST", "/graphql", json.dumps(DEPLOYMENT), {**known, **named})
    return server.post("/graphql", QUERY, page if "without a token" in request else known)

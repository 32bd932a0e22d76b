"""
spec/openapi.yaml is true: every documented response really happens, in its shape.

Method: one stimulus for each documented (method, path, status); the table and the
document must have the same keys, and each body must fit its schema.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from fraisier.http.app import HttpApp, Route
from fraisier.http.bodies import Budget
from fraisier.http.health import FRESH_SECONDS, HealthEndpoint
from fraisier.http.messages import Request, Response, json_response

DOCUMENT = yaml.safe_load((Path(__file__).parents[5] / "spec" / "openapi.yaml").read_text())
PUSH = {
    "ref": "refs/heads/main",
    "after": "a" * 40,
    "repository": {"clone_url": "https://github.com/acme/shop.git"},
}
CONFIG_WITH_TOKEN = """\
server: {token: the-token-of-this-test, failed_signatures: 2}
fraises:
  shop:
    type: api
    environments:
      production:
        target: {provider: local, command: "python3 app.py", port: 18999}
"""
CONFIG_WITH_FORGE = """\
server: {{{0}}}
git: {{github: {{webhook_secret: a-secret-for-these-tests{1}}}}}
fraises:
  shop:
    environments:
      production:
        branch: main
        target: {{provider: local, command: "python3 app.py", port: 18999}}
"""
Stimulus = Callable[[Any], httpx.Response]


def graphql(**options: Any) -> Stimulus:
    """POST to /graphql."""
    return lambda server: server.client.post("/graphql", **options)


def get(path: str, **options: Any) -> Stimulus:
    """GET a path."""
    return lambda server: server.client.get(path, **options)


def webhook(payload: Any, **options: Any) -> Stimulus:
    """Deliver a webhook."""
    return lambda server: server.deliver(payload, **options)


LARGE = "x" * (6 * 1024 * 1024)
IMAGE = {"accept": "image/png"}
STIMULI: dict[tuple[str, str, int], Stimulus] = {
    ("/graphql", "get", 200): get("/graphql", params={"query": "{ fraises { name } }"}),
    ("/graphql", "get", 400): get("/graphql"),
    ("/graphql", "get", 405): get(
        "/graphql",
        params={"query": 'mutation { deploy(fraise: "a", environment: "b") { success } }'},
    ),
    ("/graphql", "get", 406): get("/graphql", params={"query": "{ x }"}, headers=IMAGE),
    ("/graphql", "get", 413): lambda server: server.client.request(
        "GET", "/graphql", content=LARGE
    ),
    ("/graphql", "options", 405): lambda server: server.client.options("/graphql"),
    ("/graphql", "post", 200): graphql(json={"query": "{ fraises { name } }"}),
    ("/graphql", "post", 400): graphql(content=b"{", headers={"content-type": "application/json"}),
    ("/graphql", "post", 406): graphql(json={"query": "{ fraises { name } }"}, headers=IMAGE),
    ("/graphql", "post", 413): graphql(json={"query": LARGE}),
    ("/graphql", "post", 415): graphql(content=b"{}", headers={"content-type": "text/plain"}),
    ("/webhook", "post", 202): webhook(PUSH),
    ("/webhook", "post", 200): webhook({**PUSH, "ref": "refs/heads/other"}),
    ("/webhook", "post", 400): webhook(b"[]"),
    ("/webhook", "post", 401): webhook(PUSH, secret="another-secret"),
    ("/webhook", "post", 413): webhook({**PUSH, "filler": LARGE}),
    ("/webhook", "post", 415): webhook(PUSH, content_type="text/plain"),
    ("/health", "get", 200): get("/health"),
    ("/metrics", "get", 200): get("/metrics"),
    ("/", "get", 200): get("/"),
    ("/graphiql", "get", 200): get("/graphiql"),
}
# These need a server of their own, see the tests below.
ELSEWHERE = {
    ("/graphql", "options", 204),
    ("/graphql", "get", 401),
    ("/graphql", "post", 401),
    ("/metrics", "get", 401),
    ("/graphql", "get", 429),
    ("/graphql", "post", 429),
    ("/metrics", "get", 429),
    ("/webhook", "post", 403),
    ("/webhook", "post", 429),
    ("/graphql", "post", 408),
    ("/graphql", "post", 503),
    ("/webhook", "post", 408),
    ("/webhook", "post", 503),
    ("/health", "get", 503),
    ("/metrics", "get", 503),
    ("/", "get", 304),
    ("/", "get", 404),
    ("/graphiql", "get", 304),
    ("/graphiql", "get", 404),
}


def documented() -> set[tuple[str, str, int]]:
    """Every response of the document."""
    return {
        (path, method, int(status))
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        for status in operation["responses"]
    }


def check(key: tuple[str, str, int], answer: httpx.Response) -> None:
    """The answer has the documented status, media type and shape."""
    path, method, status = key
    assert answer.status_code == status, answer.text
    response = DOCUMENT["paths"][path][method]["responses"][str(status)]
    if reference := response.get("$ref"):
        response = DOCUMENT["components"]["responses"][reference.rsplit("/", 1)[1]]
    kind = answer.headers["content-type"].split(";")[0]
    assert kind in response["content"]
    if kind.endswith("json"):
        schema = {**response["content"][kind]["schema"], "components": DOCUMENT["components"]}
        jsonschema.validate(answer.json(), schema)


def test_document__responses__each_have_a_stimulus() -> None:
    """A response that nobody can bring about may not be documented."""
    assert STIMULI.keys() | ELSEWHERE == documented()


@pytest.mark.parametrize("key", STIMULI, ids=lambda key: " ".join(map(str, key)))
def test_response__as_documented__happens(shared_server: Any, key: tuple[str, str, int]) -> None:
    """The stimulus brings about the documented response in its documented shape."""
    check(key, STIMULI[key](shared_server))


def test_response__without_the_token__is_401(start: Any, sqlite_url: str) -> None:
    """Where a token is configured, asking without it is the documented 401."""
    server = start(sqlite_url, config=CONFIG_WITH_TOKEN)
    query = {"query": "{ fraises { name } }"}
    check(("/graphql", "get", 401), server.client.get("/graphql", params=query))
    check(("/graphql", "post", 401), server.client.post("/graphql", json=query))
    check(("/metrics", "get", 401), server.client.get("/metrics"))
    wrong = {"authorization": "Bearer a-guess-of-the-token"}
    for _ in range(2):
        check(("/metrics", "get", 401), server.client.get("/metrics", headers=wrong))
    answers = {
        ("/graphql", "get", 429): server.client.get("/graphql", params=query, headers=wrong),
        ("/graphql", "post", 429): server.client.post("/graphql", json=query, headers=wrong),
        ("/metrics", "get", 429): server.client.get("/metrics", headers=wrong),
    }
    for key, answer in answers.items():
        check(key, answer)
        assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_response__pages__are_known_or_not_there(start: Any, sqlite_url: str) -> None:
    """Who has a page gets the documented 304; where there are none the answer is 404."""
    server = start(sqlite_url)
    for path in ("/", "/graphiql"):
        known = {"if-none-match": server.client.get(path).headers["etag"]}
        assert server.client.get(path, headers=known).status_code == 304
    server.stop()
    client = start(sqlite_url, config=CONFIG_WITH_FORGE.format("dashboard: false", "")).client
    check(("/", "get", 404), client.get("/"))
    check(("/graphiql", "get", 404), client.get("/graphiql"))


def test_response__for_a_listed_page__is_documented(start: Any, sqlite_url: str) -> None:
    """A preflight has the documented headers and no body; a stream has its media type."""
    config = CONFIG_WITH_FORGE.format("open: true, cors: ['http://localhost:5173']", "")
    client = start(sqlite_url, config=config).client
    page = {"origin": "http://localhost:5173"}
    asked = client.options("/graphql", headers={**page, "access-control-request-method": "POST"})
    documented = DOCUMENT["paths"]["/graphql"]["options"]["responses"]["204"]["headers"]
    assert (asked.status_code, asked.content) == (204, b"")
    assert {name.lower() for name in documented} <= asked.headers.keys()
    events = {**page, "accept": "text/event-stream"}
    stream = client.post("/graphql", json={"query": "{ __typename }"}, headers=events)
    content = DOCUMENT["components"]["responses"]["Executed"]["content"]
    assert stream.headers["content-type"].split(";")[0] in content
    assert stream.headers["access-control-allow-origin"] == page["origin"]


def test_response__from_elsewhere_or_too_often__is_refused(start: Any, sqlite_url: str) -> None:
    """Who may not deliver gets the documented 403, who fails too often the documented 429."""
    server = start(sqlite_url, config=CONFIG_WITH_FORGE.format("failed_signatures: 1", ""))
    check(("/webhook", "post", 401), server.deliver(PUSH, secret="another-secret"))
    answer = server.deliver(PUSH, secret="another-secret")
    check(("/webhook", "post", 429), answer)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    check(("/webhook", "post", 202), server.deliver(PUSH))
    server.stop()
    config = CONFIG_WITH_FORGE.format("open: true", ", addresses: [192.0.2.0/24]")
    server = start(sqlite_url, config=config)
    check(("/webhook", "post", 403), server.deliver(PUSH))


def test_response__database_gone__is_503(start: Any, sqlite_url: str) -> None:
    """Without its database the server answers the documented 503."""
    server = start(sqlite_url)
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    assert server.client.get("/health").status_code == 200
    for file in folder.glob("fraisier.db*"):
        file.unlink()
    time.sleep(2 * FRESH_SECONDS)  # until then it may say what it knew
    check(("/health", "get", 503), server.client.get("/health"))
    # The next use opens the path again: something else is there now.
    (folder / "fraisier.db").write_bytes(b"no database " * 1000)
    check(("/webhook", "post", 503), server.deliver(PUSH))
    check(("/metrics", "get", 503), server.client.get("/metrics"))


async def nothing(_request: Request) -> Response:
    """An endpoint that is never reached."""
    return json_response(200, {})


def answer_of(app: HttpApp, path: str, receive: Callable[[], Any]) -> httpx.Response:
    """What an application answers to a request whose body comes from ``receive``."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        "query_string": b"",
    }
    asyncio.run(app(scope, receive, send))
    headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return httpx.Response(sent[0]["status"], headers=headers, content=sent[1]["body"])


@pytest.mark.parametrize("path", ["/graphql", "/webhook"])
def test_response__body_too_slow__is_408(path: str) -> None:
    """A body that does not arrive in time is the documented 408 and ends the connection."""

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    app = HttpApp({path: Route(nothing, ("POST",), 1000)}, body_seconds=0.05)
    answer = answer_of(app, path, receive)
    check((path, "post", 408), answer)
    assert answer.headers["connection"] == "close"
    assert answer.json()["error"]["code"] == "request-too-slow"


@pytest.mark.parametrize("path", ["/graphql", "/webhook"])
def test_response__bodies_beyond_the_budget__are_503(path: str) -> None:
    """A large body that there is no memory for is the documented 503, with Retry-After."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 70_000, "more_body": True}

    app = HttpApp({path: Route(nothing, ("POST",), 1_000_000)}, budget=Budget(100_000))
    answer = answer_of(app, path, receive)
    check((path, "post", 503), answer)
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["connection"] == "close"
    assert answer.json()["error"]["code"] == "overloaded"


def test_health__database_too_slow__is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health does not wait for a database that does not answer."""

    class Silent:
        """A database that never answers."""

        async def ping(self) -> None:
            """Wait for ever."""
            await asyncio.sleep(3600)

    monkeypatch.setattr("fraisier.http.health.PATIENCE_SECONDS", 0.05)
    silent: Any = Silent()
    answer = asyncio.run(HealthEndpoint(silent)(Request("GET", "/health", b"", {})))
    assert answer.status == 503

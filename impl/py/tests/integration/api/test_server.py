"""The API server as a process: paths, limits, start and stop, reload, observer."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fraisier import __version__
from fraisier.db import connect

Start = Callable[..., Any]


def eventually(question: Callable[[], Any], seconds: float = 15.0) -> Any:
    """The first true answer; an assertion when none comes."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return answer


def code(answer: httpx.Response) -> str:
    """The code of an error answer."""
    return answer.json()["error"]["code"]


def test_health__database_there__is_ok(start: Start, database_url: str) -> None:
    """The answer names the version and the database's state, and nothing else."""
    answer = start(database_url).client.get("/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "version": __version__, "database": "ok"},
    )


def test_health__database_gone__is_unavailable(start: Start, sqlite_url: str) -> None:
    """A server whose database was taken away says so with 503."""
    server = start(sqlite_url)
    for file in Path(sqlite_url.removeprefix("sqlite:///")).parent.glob("fraisier.db*"):
        file.unlink()
    answer = server.client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "unavailable")


def test_metrics__after_requests__counts_them(start: Start, database_url: str) -> None:
    """Deployments, the queue, webhooks and requests are counted; no service is named."""
    server = start(database_url)
    push = {
        "ref": "refs/heads/main",
        "after": "a" * 40,
        "repository": {"clone_url": "https://github.com/acme/shop.git"},
    }
    assert server.deliver(push).status_code == 202
    server.client.get("/no/such/path")
    answer = server.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'fraisier_deployments{status="pending"} 2' in lines
    assert "fraisier_queue_depth 2" in lines
    assert 'fraisier_webhooks_total{provider="github"} 1' in lines
    assert 'fraisier_http_requests_total{path="/webhook",method="POST",status="202"} 1' in lines
    assert 'fraisier_http_requests_total{path="other",method="OTHER",status="404"} 1' in lines
    assert "shop" not in answer.text


@pytest.mark.parametrize("path", ["/index", "/healthz", "/webhook/", "/status", "/%00", "//health"])
def test_paths__unknown__are_not_found(shared_server: Any, path: str) -> None:
    """There are no pages beside the documented ones."""
    answer = shared_server.client.get(httpx.URL(shared_server.url + path))
    assert (answer.status_code, code(answer)) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/webhook", "POST"),
        ("PUT", "/webhook", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("DELETE", "/metrics", "GET, HEAD"),
        ("OPTIONS", "/health", "GET, HEAD"),
        ("PATCH", "/health", "GET, HEAD"),
    ],
)
def test_methods__not_taken__are_named(
    shared_server: Any, method: str, path: str, allow: str
) -> None:
    """405 says which methods the path takes."""
    answer = shared_server.client.request(method, path)
    assert (answer.status_code, code(answer)) == (405, "method-not-allowed")
    assert answer.headers["allow"] == allow


def test_head__health__is_get_without_a_body(shared_server: Any) -> None:
    """HEAD answers like GET."""
    answer = shared_server.client.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")


def test_answers__always__carry_security_headers(shared_server: Any) -> None:
    """Errors, too, may not be sniffed, framed, run or cached, and do not name the server."""
    for path in ("/health", "/nothing"):
        headers = shared_server.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in headers


@pytest.mark.parametrize("announced", [True, False])
def test_body__too_large__is_refused(shared_server: Any, announced: bool) -> None:
    """Neither an announced nor a streamed body of more than 5 MiB is kept."""
    chunk = b"x" * 65_536

    def stream() -> Any:
        for _ in range(100):
            yield chunk

    content = b"".join(stream()) if announced else stream()
    try:
        headers = {"x-github-event": "push"}
        answer = shared_server.client.post("/webhook", content=content, headers=headers)
    except httpx.WriteError:
        return  # the server had answered and hung up before everything was sent
    assert (answer.status_code, code(answer)) == (413, "body-too-large")


def raw(url: str, data: bytes) -> bytes:
    """Send bytes as they are and read until the server hangs up."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(data)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /health HTTP/9.9\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"GET \xff\xfe HTTP/1.1\r\n\r\n",
    ],
)
def test_connection__not_http__ends(shared_server: Any, request_bytes: bytes) -> None:
    """What is no HTTP is answered with a client error or not at all."""
    assert b" 5" not in raw(shared_server.url, request_bytes).split(b"\r\n")[0]
    assert shared_server.client.get("/health").status_code == 200


def test_connection__endless_headers__ends(shared_server: Any) -> None:
    """Headers without end are cut off."""
    try:
        answer = raw(shared_server.url, b"GET /health HTTP/1.1\r\nx: " + b"y" * 2_000_000)
    except OSError:
        answer = b""
    assert not answer.startswith(b"HTTP/1.1 2")
    assert shared_server.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("request_bytes", "status", "expected"),
    [
        (b"BREW /health HTTP/1.1\r\nHost: x\r\n\r\n", b"400", b"bad-request"),
        (b"GET /health?" + b"q" * 70_000 + b" HTTP/1.1\r\n\r\n", b"431", b"headers-too-large"),
        (
            b"GET /health HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
            b"431",
            b"headers-too-large",
        ),
    ],
)
def test_connection__refused_by_the_parser__gets_json(
    shared_server: Any, request_bytes: bytes, status: bytes, expected: bytes
) -> None:
    """What never reaches the application looks like every other failure."""
    answer = raw(shared_server.url, request_bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    assert b"content-type: application/json" in head
    assert b'"code":"' + expected + b'"' in body


@pytest.mark.parametrize("line", [b"POST /nothing", b"POST /health", b"GET /health"])
def test_connection__body_that_nobody_reads__ends(shared_server: Any, line: bytes) -> None:
    """A body that never ends cannot keep a connection that has its answer already."""
    head = b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
    answer = raw(shared_server.url, line + head)
    assert b"\r\nconnection: close\r\n" in answer


def test_graphql__answers__through_the_server(start: Start, database_url: str) -> None:
    """Queries and mutations work over the same database as the webhooks."""
    server = start(database_url)
    mutation = 'mutation { deploy(fraise: "shop", environment: "staging") { success code } }'
    answer = server.client.post("/graphql", json={"query": mutation})
    assert answer.json() == {"data": {"deploy": {"success": True, "code": "requested"}}}
    answer = server.client.post("/graphql", json={"query": "{ deployments { environment } }"})
    assert answer.json() == {"data": {"deployments": [{"environment": "staging"}]}}


def test_graphql__token_configured__is_asked_for(start: Start, sqlite_url: str) -> None:
    """With ``server.token``, GraphQL and metrics need it; health and webhooks do not."""
    server = start(sqlite_url, config=CONFIG_WITH_TOKEN)
    for path in ("/graphql?query={fraises{name}}", "/metrics"):
        assert server.client.get(path).status_code == 401
        wrong = {"authorization": "Bearer wrong"}
        assert server.client.get(path, headers=wrong).status_code == 401
        right = {"authorization": "Bearer the-token-of-this-test"}
        assert server.client.get(path, headers=right).status_code == 200
    assert server.client.get("/health").status_code == 200


CONFIG_WITH_TOKEN = """\
server: {token: the-token-of-this-test}
fraises:
  shop:
    type: api
    environments:
      production:
        target: {provider: local, command: "python3 app.py", port: 18999}
"""


def test_stop__sigterm__ends_well(start: Start, sqlite_url: str) -> None:
    """SIGTERM ends the server with status 0 and nothing more on standard output."""
    server = start(sqlite_url)
    assert server.stop() == 0
    assert server.process.stdout.read() == b""


def test_reload__changed_configuration__is_taken_over(start: Start, sqlite_url: str) -> None:
    """SIGHUP takes a good fraises.yaml over and keeps the old one when it is faulty."""
    server = start(sqlite_url, config=CONFIG_WITH_TOKEN)
    file = server.folder / "fraises.yaml"
    names = lambda: [each["name"] for each in connect(sqlite_url).read("v_fraise")]  # noqa: E731
    file.write_text("fraises: {shop: {tipe: api}}")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: any(line["level"] == "error" for line in server.log()))
    assert names() == ["shop"]
    file.write_text(CONFIG_WITH_TOKEN.replace("shop:", "store:"))
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: names() == ["store"])


def test_start__weak_secret__does_not_listen(start: Start, sqlite_url: str) -> None:
    """A server with an insecure webhook secret refuses to start."""
    weak = CONFIG_WITH_TOKEN + "git: {provider: github, github: {webhook_secret: short}}\n"
    with pytest.raises(pytest.fail.Exception, match="insecure-secret"):
        start(sqlite_url, config=weak)


def workers(url: str) -> list[dict[str, Any]]:
    """The observers that say that they are there."""
    db = connect(url)
    try:
        return [worker for worker in db.read("v_worker") if worker["alive"]]
    finally:
        db.close()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_observer__killed__is_started_again(start: Start, sqlite_url: str) -> None:
    """The observer is a process of its own that comes back when it dies."""
    server = start(sqlite_url, observer=True)
    eventually(lambda: workers(sqlite_url))
    (first,) = children(server.process.pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: set(children(server.process.pid)) - {first})
    assert server.client.get("/health").status_code == 200
    assert server.stop() == 0


def test_observer__server_killed__goes_too(start: Start, sqlite_url: str) -> None:
    """No observer outlives a server that was killed without a chance to stop it."""
    server = start(sqlite_url, observer=True)
    eventually(lambda: workers(sqlite_url))
    (observer,) = children(server.process.pid)
    server.process.kill()
    server.process.wait(10)
    eventually(lambda: not is_alive(observer))


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_log__every_line__is_json(start: Start, sqlite_url: str) -> None:
    """Logs are JSON lines with time, level, source and message."""
    server = start(sqlite_url)
    server.deliver(b"[]")
    server.stop()
    for line in (server.folder / "log").read_text().splitlines():
        assert {"at", "level", "source", "message"} <= json.loads(line).keys()

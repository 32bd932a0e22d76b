"""Steps that deliver pushes which two programs could read in two ways."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from pytest_bdd import parsers, when

from conform.steps.webhook import COMMIT, Delivering
from conform.world.server import signature
from conform.world.wire import in_chunks, request_bytes

START = "POST /webhook HTTP/1.1"
FORM = "application/x-www-form-urlencoded"

Headers = list[tuple[str, str]]
Change = Callable[[Headers, bytes], bytes]


def with_headers(*more: tuple[str, str], start: str = START) -> Change:
    """The usual request and these headers."""
    return lambda headers, body: request_bytes(start, [*sized(headers, body), *more], body)


def chunked(*more: tuple[str, str], start: str = START) -> Change:
    """A request whose body comes in chunks, and these headers."""
    coding = () if any(name == "Transfer-Encoding" for name, _ in more) else CHUNKED
    return lambda headers, body: request_bytes(start, [*headers, *coding, *more], in_chunks(body))


def sized(headers: Headers, body: bytes) -> Headers:
    """The headers and the body's length."""
    return [*headers, ("Content-Length", str(len(body)))]


CHUNKED = (("Transfer-Encoding", "chunked"),)
UPGRADE = (("Connection", "Upgrade"), ("Upgrade", "h2c"))
WAYS: dict[str, Change] = {
    "as usual": with_headers(),
    "in chunks": chunked(),
    "in HTTP/1.0": with_headers(start="POST /webhook HTTP/1.0"),
    "when it is told to continue": with_headers(("Expect", "100-continue")),
    "with two signatures": with_headers(("X-Hub-Signature-256", "sha256=" + "0" * 64)),
    "with two events": with_headers(("X-GitHub-Event", "ping")),
    "with two delivery ids": with_headers(("X-GitHub-Delivery", "another")),
    "with two content types": with_headers(("Content-Type", "text/plain")),
    "for two hosts": with_headers(("Host", "another.example")),
    "with two lengths": with_headers(("Content-Length", "5")),
    "with a length and chunks": with_headers(*CHUNKED),
    "in compressed chunks": chunked(("Transfer-Encoding", "gzip, chunked")),
    "in chunks of HTTP/1.0": chunked(start="POST /webhook HTTP/1.0"),
    "in chunks without a size": lambda headers, body: request_bytes(
        START, [*headers, *CHUNKED], b"zz\r\n" + body
    ),
    "compressed": with_headers(("Content-Encoding", "gzip")),
    "with a wish for another protocol": with_headers(*UPGRADE),
    "with a folded header": with_headers(("X-Folded", "a\r\n b")),
}


def commit(number: int = 0) -> str:
    """A commit of no repository."""
    return f"{number:040x}" if number else COMMIT


@when(parsers.parse("a signed push goes out {way}"))
def send_bytes(delivering: Delivering, way: str) -> None:
    """A push of main, signed rightly, in this way."""
    assert delivering.happened.server is not None, "no server is running"
    body = json.dumps(delivering.push()).encode()
    headers = [
        ("Host", "forge.example"),
        ("Connection", "close"),
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", str(uuid.uuid4())),
        ("X-Hub-Signature-256", signature(body, delivering.workspace.secret)),
    ]
    if way == "with a wish for another protocol":
        headers.remove(("Connection", "close"))
    delivering.happened.answer = delivering.happened.server.send_bytes(WAYS[way](headers, body))


@when(parsers.parse("a signed form {what} is delivered"))
def send_form(delivering: Delivering, what: str) -> None:
    """A form that is not the one field ``payload``."""
    field = urlencode({"payload": json.dumps(delivering.push())})
    body = {
        "with two payloads": f"{field}&{field}",
        "with semicolons": f"{field};more=1",
        "without a payload": "more=1",
        "of bytes that are no text": "payload=%ff%fe",
    }[what].encode()
    delivering.send(body, headers={"Content-Type": FORM})

"""Requests to the byte, as no client library sends them."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

WIRE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came; an interim ``100 Continue`` is passed over."""

    status: int
    headers: Mapping[str, str]
    text: str


def connect(url: str, seconds: float = WIRE_SECONDS) -> socket.socket:
    """A connection to a server of the scenario."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)


def exchange(url: str, data: bytes) -> Received:
    """
    Send these bytes on a connection of their own and read one answer.

    Raises:
        OSError: Nothing came back in time.
        http.client.HTTPException: What came back is no HTTP.
    """
    with connect(url) as connection:
        connection.sendall(data)
        return answer_on(connection)


def answer_on(connection: socket.socket) -> Received:
    """The next answer of a connection."""
    answer = http.client.HTTPResponse(connection)
    try:
        answer.begin()
        text = answer.read().decode(errors="replace")
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Received(answer.status, headers, text)
    finally:
        answer.close()


def request_bytes(start: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """A request with exactly these lines; what it says of its body is the caller's."""
    lines = [start, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def in_chunks(body: bytes) -> bytes:
    """A body as two chunks and their end."""
    half = len(body) // 2
    parts = [body[:half], body[half:], b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)

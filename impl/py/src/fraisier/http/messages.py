"""A request as an endpoint sees it, and its answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.headers import LowerCaseHeaders
from fraisier.domain.identity import NOBODY, Identity
from fraisier.http.source import Address

if TYPE_CHECKING:
    from fraisier.http.streams import EventStream

HeaderList = Sequence[tuple[bytes, bytes]]

# Answers are data for programs: nothing may cache, frame, sniff or run them.
SECURITY_HEADERS: HeaderList = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class RetryLaterError(FraisierError):
    """
    A refusal for the moment; the answer says ``Retry-After``.

    It is given only after ``held_seconds``, while others are served.
    """

    def __init__(self, message: str, code: str, seconds: int, *, held_seconds: float = 0.0) -> None:
        super().__init__(message, code=code)
        self.seconds = seconds
        self.held_seconds = held_seconds


@dataclass(slots=True)
class Request:
    """
    Method, query and body are as they came; header names are lower case, and a
    header that came twice holds both values, joined by a comma: ``repeated`` has the
    names of those. ``client`` is the address that asks, behind proxies that are trusted;
    ``identity`` is who it is, once a guard knows. ``looked_up``: its answer was looked for
    among those that are known, and is not there.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes = b""
    client: Address | None = None
    repeated: frozenset[str] = frozenset()
    identity: Identity = NOBODY
    looked_up: bool = False

    @property
    def media_type(self) -> str | None:
        """The content type without its parameters; None when there is none."""
        value = self.headers.get("content-type")
        return None if value is None else value.split(";", 1)[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Response:
    """
    Status, headers (length and ``security`` are added) and body, or a stream for one. It is
    sent after ``held_seconds``.
    """

    status: int
    body: bytes
    headers: HeaderList = ((b"content-type", b"application/json"),)
    close: bool = False
    security: HeaderList = SECURITY_HEADERS
    stream: EventStream | None = None
    held_seconds: float = 0.0

    def start(self) -> dict[str, Any]:
        """The ASGI message that begins the answer."""
        headers = [*self.headers, *self.security]
        # That of 304 would be the length of what is not sent, and 204 may have none.
        if self.stream is None and self.status not in (204, 304):
            headers.append((b"content-length", str(len(self.body)).encode()))
        if self.close:
            headers.append((b"connection", b"close"))
        return {"type": "http.response.start", "status": self.status, "headers": headers}


def json_response(status: int, document: Any) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(document, separators=(",", ":")).encode())


def error_response(code: str, message: str, status: int, **more: Any) -> Response:
    """``{"error": {"code", "message"}}``, as every failure looks."""
    return json_response(status, {"error": {"code": code, "message": message, **more}})


def refusal(error: FraisierError) -> Response:
    """The answer to a request that ended in an error; ours tell a stranger no details."""
    if error.http_status >= 500:
        message = "the server cannot do this now; its log says why"
        response = error_response(error.code, message, error.http_status)
    else:
        more = {"hint": error.hint} if error.hint else {}
        response = error_response(error.code, error.message, error.http_status, **more)
    if not isinstance(error, RetryLaterError):
        return response
    again = (b"retry-after", str(error.seconds).encode())
    headers = (*response.headers, again)
    return Response(response.status, response.body, headers, held_seconds=error.held_seconds)


def headers_of(raw: HeaderList) -> dict[str, str]:
    """Headers by lower-case name; repeated ones joined, so that no copy is overlooked."""
    found = LowerCaseHeaders()
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def repeated_in(raw: HeaderList) -> frozenset[str]:
    """Lower-case names of the headers that came more than once."""
    counted = Counter(name.decode("latin-1").lower() for name, _ in raw)
    return frozenset(name for name, times in counted.items() if times > 1)

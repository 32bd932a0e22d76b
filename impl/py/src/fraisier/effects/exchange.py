"""One request and its answer, and what it means when there is none."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from fraisier.domain.errors import FraisierError
from fraisier.effects.lines import printable

ANSWER_BYTES_MAX = 64 << 20
CONNECT_SECONDS = 10.0
_PAUSES = (0.2, 0.5, 1.0)


class Reply(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes


def exchange(url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Reply:
    """
    POST a body and read the answer. A server that cannot be reached is tried again three
    times; what was sent once is never sent again.

    Raises:
        FraisierError: ``usage``: no URL of a server; ``server-unreachable``,
            ``server-untrusted``: nothing was asked; ``no-answer``: it may have been done.
    """
    parts = _parts(url)
    connection = _connected(parts, timeout_seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        return Reply(response.status, response.read(ANSWER_BYTES_MAX))
    except (OSError, http.client.HTTPException) as error:
        reason = printable(str(error)) or type(error).__name__
        raise FraisierError(
            f"{_shown(parts)} did not answer: {reason}",
            code="no-answer",
            hint="the server may have taken it: fraisier history shows",
        ) from error
    finally:
        connection.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        message = "the address of a server is http://HOST:PORT or https://HOST"
        raise FraisierError(message, code="usage", hint="see --server")
    return parts


def _connected(parts: SplitResult, timeout_seconds: float) -> http.client.HTTPConnection:
    for pause in (*_PAUSES, None):
        connection = _connection(parts)
        try:
            connection.connect()
        except ssl.SSLError as error:
            raise _untrusted(parts, error) from error
        except OSError as error:
            if pause is None:
                raise _unreachable(parts, error) from error
            time.sleep(pause)
            continue
        connection.sock.settimeout(timeout_seconds)
        return connection
    raise AssertionError("the last try returns or raises")


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=CONNECT_SECONDS)
    return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_SECONDS)


def _untrusted(parts: SplitResult, error: ssl.SSLError) -> FraisierError:
    reason = getattr(error, "verify_message", "") or error.reason or str(error)
    return FraisierError(
        f"the connection to {_shown(parts)} is not secure: {printable(str(reason))}",
        code="server-untrusted",
        hint="SSL_CERT_FILE names the certificates that are trusted; is it https at all?",
    )


def _unreachable(parts: SplitResult, error: OSError) -> FraisierError:
    reason = printable(error.strerror or str(error)) or type(error).__name__
    return FraisierError(
        f"{_shown(parts)} cannot be reached: {reason}",
        code="server-unreachable",
        hint="nothing was asked of it; is --server right, and does fraisier serve run there?",
    )


def _shown(parts: SplitResult) -> str:
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"

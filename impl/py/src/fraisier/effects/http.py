"""Look at a URL or post to it, once: no redirects, no proxies, and no body is read."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from fraisier.effects.lines import printable

_HEADERS = {"User-Agent": "fraisier", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Look:
    """What a URL answered: the status, or ``None`` and why there was none."""

    status: int | None
    reason: str


def look(url: str, timeout_seconds: float) -> Look:
    """
    GET the URL once, and take no longer than that, however slowly the answer drips.

    Never raises: no connection is an answer too.
    """
    return _ask("GET", url, None, {}, timeout_seconds)


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Look:
    """POST the body to the URL once, like :func:`look`."""
    return _ask("POST", url, body, headers, timeout_seconds)


def _ask(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout_seconds: float
) -> Look:
    try:
        parts = urlsplit(url)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_seconds)
    except ValueError as error:
        return Look(None, str(error))
    late = threading.Event()
    timer = threading.Timer(timeout_seconds, _cut, (connection, late))
    timer.daemon = True
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    timer.start()
    try:
        connection.request(method, path, body, {**_HEADERS, **_login(parts), **headers})
        response = connection.getresponse()
        return Look(response.status, printable(response.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            return Look(None, f"no answer within {timeout_seconds:g} s")
        return Look(None, printable(str(error)) or type(error).__name__)
    finally:
        timer.cancel()
        connection.close()


def _login(parts: SplitResult) -> dict[str, str]:
    """What the user part of an address stands for."""
    if parts.username is None:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _connection(
    scheme: str, host: str, port: int | None, timeout_seconds: float
) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout_seconds)
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout_seconds)
    raise ValueError(f"cannot look at a {scheme or 'relative'} URL")


def port_in_use(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0

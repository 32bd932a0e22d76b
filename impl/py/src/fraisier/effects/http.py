"""Look at a URL once, for health checks: no redirects, no proxies, little memory."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

BODY_BYTES_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a URL answered: the status, or ``None`` and why there was none."""

    status: int | None
    reason: str


def look(url: str, timeout_seconds: float) -> Look:
    """GET the URL once. Never raises: no connection is an answer too."""
    try:
        parts = urlsplit(url)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_seconds)
    except ValueError as error:
        return Look(None, str(error))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"User-Agent": "fraisier", "Connection": "close"})
        response = connection.getresponse()
        response.read(BODY_BYTES_MAX)
        return Look(response.status, response.reason)
    except TimeoutError:
        return Look(None, f"no answer within {timeout_seconds:g} s")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Look(None, str(error) or type(error).__name__)
    finally:
        connection.close()


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
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0

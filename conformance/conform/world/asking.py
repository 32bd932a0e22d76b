"""HTTP requests of the suite: one client a process, a new connection each."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import httpx


@functools.cache
def _client() -> httpx.Client:
    """Making one costs more than a request; keeping connections would hide their ends."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(verify=False, trust_env=False, limits=limits)


def request(
    method: str,
    url: str,
    *,
    content: bytes | str = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = 5.0,
) -> httpx.Response:
    """
    Send one request to a server of the scenario on the loopback; headers go as UTF-8.

    Raises:
        httpx.HTTPError: No response came back.
    """
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return _client().request(method, url, content=content, headers=raw, timeout=timeout)

"""A small HTTP client for many connections at once: one request, one answer, kept alive."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ANSWER_SECONDS = 60.0


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class LostError(Exception):
    """The connection broke, or no whole answer came: nobody knows what was done."""


class Client:
    """One connection to the server that ``url`` names; opened when it is needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Reply:
        """
        Send a whole request and read the whole answer.

        Raises:
            LostError: There was none.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._ask(request)
        except (OSError, ValueError, EOFError, TimeoutError) as reason:
            self.close()
            raise LostError(repr(reason)) from reason

    async def _ask(self, request: bytes) -> Reply:
        if self._open is None:
            self._open = await asyncio.open_connection(*self._address)
        reader, writer = self._open
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        lines = head.split("\r\n")
        headers = dict(line.split(":", 1) for line in lines[1:] if ":" in line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").strip() == "close":
            self.close()
        return Reply(int(lines[0].split(" ")[1]), body)

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

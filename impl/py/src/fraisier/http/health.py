"""``GET /health``: this process answers, and so does its database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from fraisier import __version__
from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request, Response, json_response

PATIENCE_SECONDS = 2.0
FRESH_SECONDS = 0.1  # who asks more often is told the same


class HealthEndpoint:
    """200 while the database can be read, 503 when it cannot. Says nothing else about us."""

    def __init__(self, database: AsyncDatabase, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._fresh_until = 0.0

    async def __call__(self, _request: Request) -> Response:
        """Ask the database for one row, and do not wait long for it."""
        if self._now() >= self._fresh_until:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._database.ping()
            except (FraisierError, TimeoutError):
                return json_response(503, _document("unavailable", "unavailable"))
            self._fresh_until = self._now() + FRESH_SECONDS
        return json_response(200, _document("ok", "ok"))


def _document(status: str, database: str) -> dict[str, str]:
    return {"status": status, "version": __version__, "database": database}

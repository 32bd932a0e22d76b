"""``GET /health``: this process answers, and so does its database."""

from __future__ import annotations

import asyncio

from fraisier import __version__
from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request, Response, json_response

PATIENCE_SECONDS = 2.0


class HealthEndpoint:
    """200 while the database can be read, 503 when it cannot. Says nothing else about us."""

    def __init__(self, database: AsyncDatabase) -> None:
        self._database = database

    async def __call__(self, _request: Request) -> Response:
        """Ask the database for one row, and do not wait long for it."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._database.ping()
        except (FraisierError, TimeoutError):
            return json_response(503, _document("unavailable", "unavailable"))
        return json_response(200, _document("ok", "ok"))


def _document(status: str, database: str) -> dict[str, str]:
    return {"status": status, "version": __version__, "database": database}

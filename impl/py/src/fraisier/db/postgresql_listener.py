"""The connection to PostgreSQL that waits for events to be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from fraisier.db.location import Location
from fraisier.db.postgresql_errors import translated
from fraisier.db.postgresql_session import PARAMETERS

CHANNEL = "fraisier_event"
# A peer that vanished without a word is found out while nothing is said, too.
ALIVE: Mapping[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


class PostgresqlListener:
    """Listens from its first ``wait`` on; a connection that breaks is made anew by the next."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._open: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    async def wait(self, seconds: float) -> None:
        """
        Return at the next notification, or after ``seconds``; at once the first time.

        Raises:
            FraisierError: ``database-unavailable`` and its like.
        """
        try:
            if self._open is None:
                # What was written before we listened made no sound: look again first.
                self._open = await self._connected()
                return
            async for _ in self._open.notifies(timeout=seconds, stop_after=1):
                pass  # to the end: a generator that is left keeps the connection locked
        except psycopg.Error as error:
            await self.close()
            raise translated(error, self._location) from error

    async def close(self) -> None:
        """Hang up."""
        connection, self._open = self._open, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        connection = await psycopg.AsyncConnection[tuple[object, ...]].connect(
            self._location.target, autocommit=True, **{**PARAMETERS, **ALIVE}
        )
        try:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
        except BaseException:
            await connection.close()
            raise
        return connection

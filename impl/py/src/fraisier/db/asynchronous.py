"""
A database for a server's event loop.

SQLite answers in microseconds, so its statements run inline: a hop to a thread
costs more than the query. PostgreSQL is asked through a small pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fraisier.db.base import AsyncDatabase, Database
from fraisier.db.location import parse
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

BUSY_SECONDS = 5.0
PAUSE_FIRST_SECONDS = 0.001
PAUSE_LONGEST_SECONDS = 0.05

Result = TypeVar("Result")


def open_async(url: str) -> AsyncDatabase:
    """
    The database at ``url`` for one event loop; opened at its first use.

    Raises:
        FraisierError: ``invalid-argument`` when it is no URL of a database.
    """
    location = parse(url)
    if location.dialect == "sqlite":
        from fraisier.db.sqlite import SqliteDatabase

        return Inline(SqliteDatabase(location, busy_seconds=0.0))
    from fraisier.db.postgresql_pool import PostgresqlPool

    return PostgresqlPool(location)


class Inline:
    """
    An ``AsyncDatabase`` over a ``Database`` whose statements are short.

    A lock that another process holds is waited for with pauses that let the
    loop go on, never inside the driver.
    """

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self._database = database

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Like ``Database.call``."""
        return await _patiently(lambda: self._database.call(function, command_id, **arguments))

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """Like ``Database.fetch_json``."""
        return await _patiently(lambda: self._database.fetch_json(sql, parameters))

    async def count(self, view: str, column: str) -> dict[str, int]:
        """Like ``Database.count``."""
        return await _patiently(lambda: self._database.count(view, column))

    async def ping(self) -> None:
        """Like ``Database.ping``."""
        await _patiently(self._database.ping)

    async def close(self) -> None:
        """Close the connection."""
        self._database.close()


async def _patiently(act: Callable[[], Result]) -> Result:
    waited, pause = 0.0, PAUSE_FIRST_SECONDS
    while True:
        try:
            return act()
        except FraisierError as error:
            if error.code != "database-busy" or waited >= BUSY_SECONDS:
                raise
        await asyncio.sleep(pause)
        waited += pause
        pause = min(pause * 2, PAUSE_LONGEST_SECONDS)

"""
A database for a server's event loop.

SQLite answers in microseconds, so it is read inline: a hop to a thread costs more
than the query. What writes goes to one writer, which syncs the disk (``sqlite_writer``).
PostgreSQL is asked through a small pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from fraisier.db.answers import given, new_command_id
from fraisier.db.base import AsyncDatabase
from fraisier.db.location import Location, parse
from fraisier.db.statements import sqlite_call
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

BUSY_SECONDS = 5.0
PAUSE_FIRST_SECONDS = 0.001
PAUSE_LONGEST_SECONDS = 0.05
LOOK_SECONDS = 0.02  # how late a change is seen at most

Result = TypeVar("Result")


def open_async(url: str, read_seconds: float | None = None) -> AsyncDatabase:
    """
    The database at ``url`` for one event loop; opened at its first use. ``fetch_json``
    gives a statement ``read_seconds``.

    Raises:
        FraisierError: ``invalid-argument`` when it is no URL of a database.
    """
    location = replace(parse(url), read_seconds=read_seconds)
    if location.dialect == "sqlite":
        return SqliteServing(location)
    from fraisier.db.postgresql_pool import PostgresqlPool

    return PostgresqlPool(location)


class SqliteServing:
    """
    An ``AsyncDatabase`` over a file of SQLite: one connection reads, inline, and one
    writes, in a thread.

    A lock that another process holds while this one reads is waited for with pauses
    that let the loop go on, never inside the driver. Commits are synced to the disk
    unless the URL says ``?synchronous=normal``.
    """

    dialect = "sqlite"

    def __init__(self, location: Location) -> None:
        from fraisier.db.sqlite import SqliteDatabase
        from fraisier.db.sqlite_writer import SqliteWriter

        durable = replace(location, synchronous=location.synchronous or "full")
        self._database = SqliteDatabase(location, busy_seconds=0.0)
        self._writer = SqliteWriter(lambda: SqliteDatabase(durable, busy_seconds=BUSY_SECONDS))

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Like ``Database.call``."""
        values = given(arguments)
        command = command_id or new_command_id()
        sql = sqlite_call(function, tuple(values))
        return await self._writer.call((sql, (command, *values.values())))

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """Like ``Database.fetch_json``."""
        return await _patiently(lambda: self._database.fetch_json(sql, parameters))

    async def count(self, view: str, column: str) -> dict[str, int]:
        """Like ``Database.count``."""
        return await _patiently(lambda: self._database.count(view, column))

    def changes(self) -> int | None:
        """
        Like ``AsyncDatabase.changes``; None also while the file cannot be read. The
        connection that reads never writes, so it sees every commit, this process's too.
        """
        try:
            return self._database.changes()
        except FraisierError:
            return None

    async def ping(self) -> None:
        """Like ``Database.ping``."""
        await _patiently(self._database.ping)

    async def wait(self, seconds: float) -> None:
        """
        Like ``Database.wait``; what this process writes counts too.

        SQLite wakes nobody: its change counter is looked at between pauses that grow.
        """
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + seconds, PAUSE_FIRST_SECONDS
        while not await _patiently(self._database.has_changed):
            if loop.time() >= deadline:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LOOK_SECONDS)

    async def close(self) -> None:
        """Make what was asked, then close both connections."""
        await self._writer.close()
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

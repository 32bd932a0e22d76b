"""A small pool of asynchronous connections to PostgreSQL, for the server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import psycopg

from fraisier.db.location import Location
from fraisier.db.postgresql_connection import (
    PostgresqlConnection,
    Rows,
    Statement,
    open_connection,
)
from fraisier.db.postgresql_errors import NO_SUCH_VALUE, RETRYABLE, is_broken, translated
from fraisier.db.postgresql_listener import PostgresqlListener
from fraisier.db.postgresql_session import ATTEMPTS, untyped
from fraisier.db.postgresql_together import WAIT_SECONDS, PostgresqlCalls
from fraisier.db.shared_reads import SharedReads
from fraisier.db.statements import count_by
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

CONNECTIONS_MAX = 12


class PostgresqlPool:
    """
    An ``AsyncDatabase`` on PostgreSQL.

    Every statement is a transaction of its own, so a connection is clean when it
    comes back and needs no reset. The newest one is used first. A call is answered when
    it is as durable as the server makes every commit, but it does not keep others
    waiting for the disk (``postgresql_connection.FLUSH``).
    """

    dialect = "postgresql"

    def __init__(self, location: Location) -> None:
        self._location = location
        self._idle: list[PostgresqlConnection] = []
        self._free = asyncio.Semaphore(CONNECTIONS_MAX)
        self._calls = PostgresqlCalls(self._run, self._busy)
        self._listener = PostgresqlListener(location)
        self._reads = SharedReads[str | bytes | None]()

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Like ``Database.call``."""
        return await self._calls.call(function, command_id, arguments)

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """Like ``Database.fetch_json``; who asks the same meanwhile is answered together."""
        question = sql, repr(parameters)
        return await self._reads.read(question, lambda: self._fetch(sql, parameters))

    async def _fetch(self, sql: str, parameters: Sequence[Any]) -> str | bytes | None:
        try:
            asked = Statement(sql, [untyped(value) for value in parameters])
            async with asyncio.timeout(self._location.read_seconds):
                rows = await self._rows(asked, NO_SUCH_VALUE)
        except NO_SUCH_VALUE:
            return None
        except TimeoutError as error:
            message = "a statement took longer than it may"
            raise FraisierError(message, code="statement-timeout") from error
        return rows[0][0] if rows else None

    async def count(self, view: str, column: str) -> dict[str, int]:
        """Like ``Database.count``."""
        rows = await self._rows(Statement(count_by(view, column)))
        return {str(row[0]): row[1] for row in rows}

    def changes(self) -> int | None:
        """Like ``AsyncDatabase.changes``: asking would cost as much as the query."""
        return None

    async def ping(self) -> None:
        """Like ``Database.ping``."""
        await self._rows(Statement("SELECT max(version) FROM v_schema_version"))

    async def wait(self, seconds: float) -> None:
        """Like ``Database.wait``."""
        await self._listener.wait(seconds)

    async def close(self) -> None:
        """Make what was asked, then close all connections that are idle or listen."""
        await self._calls.close()
        await self._listener.close()
        await self._close_idle()

    async def _close_idle(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    async def _rows(self, statement: Statement, passing: tuple[type[Exception], ...] = ()) -> Rows:
        async with self._turn():
            return await self._persistently(statement, passing)

    async def _run(self, sql: str, parameters: Sequence[Any]) -> Rows:
        return await self._rows(Statement(sql, parameters, True))

    def _busy(self) -> FraisierError:
        return FraisierError(f"{self._location.shown} has too much to do", code="database-busy")

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise self._busy() from error
        try:
            yield
        finally:
            self._free.release()

    async def _persistently(
        self, statement: Statement, passing: tuple[type[Exception], ...]
    ) -> Rows:
        for attempt in range(ATTEMPTS):
            reused = bool(self._idle)
            try:
                return await self._once(statement)
            except passing:
                raise
            except (psycopg.Error, UnicodeError) as error:
                broken = is_broken(error)
                if broken:
                    await self._close_idle()  # one lost connection: the others are suspect too
                again = isinstance(error, RETRYABLE) or (broken and reused and attempt == 0)
                if not again or attempt == ATTEMPTS - 1:
                    raise translated(error, self._location) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, statement: Statement) -> Rows:
        connection = self._idle.pop() if self._idle else await open_connection(self._location)
        finished = False
        try:
            rows = await connection.rows(statement)
            finished = True
            return rows
        except psycopg.Error:
            finished = not connection.closed
            raise
        finally:
            # A statement that was cancelled in the middle leaves a connection nobody can use.
            if finished:
                self._idle.append(connection)
            else:
                await connection.close()

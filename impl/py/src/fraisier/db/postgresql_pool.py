"""A small pool of asynchronous connections to PostgreSQL, for the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg

from fraisier.db.answers import answer_of
from fraisier.db.location import Location
from fraisier.db.postgresql_errors import NO_SUCH_VALUE, RETRYABLE, is_broken, translated
from fraisier.db.postgresql_session import (
    ATTEMPTS,
    PARAMETERS,
    PREPARE_AFTER,
    SET_UP,
    call_of,
    untyped,
)
from fraisier.db.statements import count_by
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

CONNECTIONS_MAX = 6
WAIT_SECONDS = 10.0

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class PostgresqlPool:
    """
    An ``AsyncDatabase`` on PostgreSQL.

    Every statement is a transaction of its own, so a connection is clean when it
    comes back and needs no reset. The newest one is used first.
    """

    dialect = "postgresql"

    def __init__(self, location: Location) -> None:
        self._location = location
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(CONNECTIONS_MAX)

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Like ``Database.call``."""
        sql, parameters = call_of(function, command_id, arguments)
        return answer_of((await self._rows(sql, parameters))[0])

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """Like ``Database.fetch_json``."""
        try:
            rows = await self._rows(sql, [untyped(value) for value in parameters], NO_SUCH_VALUE)
        except NO_SUCH_VALUE:
            return None
        return rows[0][0] if rows else None

    async def count(self, view: str, column: str) -> dict[str, int]:
        """Like ``Database.count``."""
        return {str(row[0]): row[1] for row in await self._rows(count_by(view, column), ())}

    async def ping(self) -> None:
        """Like ``Database.ping``."""
        await self._rows("SELECT max(version) FROM v_schema_version", ())

    async def close(self) -> None:
        """Close the connections that are idle."""
        while self._idle:
            await self._idle.pop().close()

    async def _rows(
        self,
        sql: str,
        parameters: Sequence[Any],
        passing: tuple[type[Exception], ...] = (),
    ) -> list[tuple[Any, ...]]:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise FraisierError(
                f"{self._location.shown} has too much to do", code="database-busy"
            ) from error
        try:
            return await self._persistently(sql, parameters, passing)
        finally:
            self._free.release()

    async def _persistently(
        self, sql: str, parameters: Sequence[Any], passing: tuple[type[Exception], ...]
    ) -> list[tuple[Any, ...]]:
        for attempt in range(ATTEMPTS):
            reused = bool(self._idle)
            try:
                return await self._once(sql, parameters)
            except passing:
                raise
            except (psycopg.Error, UnicodeError) as error:
                broken = is_broken(error)
                if broken:
                    await self.close()  # one lost connection: the others are suspect too
                again = isinstance(error, RETRYABLE) or (broken and reused and attempt == 0)
                if not again or attempt == ATTEMPTS - 1:
                    raise translated(error, self._location) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        connection = self._idle.pop() if self._idle else await self._connect()
        finished = False
        try:
            cursor = await connection.execute(sql.encode(), parameters or None)
            rows = await cursor.fetchall()
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

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection[tuple[Any, ...]].connect(
            self._location.target,
            autocommit=True,
            prepare_threshold=PREPARE_AFTER,
            cursor_factory=psycopg.AsyncRawCursor,
            **PARAMETERS,
        )
        await connection.execute(SET_UP.encode())
        return connection

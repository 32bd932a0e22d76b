"""One asynchronous connection to PostgreSQL, and how it makes a commit durable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg

from fraisier.db.location import Location
from fraisier.db.postgresql_session import PARAMETERS, PREPARE_AFTER, SET_UP

# Commits that sync nothing let go of their locks at once. What syncs is a second, tiny
# transaction on the same connection: it waits for the disk without holding anybody up,
# and it can only succeed where the first one is not lost. It syncs by the setting that
# the server, the role or the URL has for everybody.
FLUSH = (
    "SELECT set_config('synchronous_commit', $1, true),"
    " pg_logical_emit_message(true, 'fraisier', '')"
)
LAZY = "SET synchronous_commit = off"

Rows = list[tuple[Any, ...]]


class Statement(NamedTuple):
    """What is asked, and whether the answer has to wait for the disk."""

    sql: str
    parameters: Sequence[Any] = ()
    durable: bool = False


class PostgresqlConnection:
    """A connection that nobody else uses meanwhile; make one with ``open_connection``."""

    def __init__(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], sync: str | None
    ) -> None:
        self._connection = connection
        self._sync = sync  # None: every commit is what it is by itself

    @property
    def closed(self) -> bool:
        """Whether it can never be used again."""
        return self._connection.closed

    async def rows(self, statement: Statement) -> Rows:
        """
        The rows of a statement, in a transaction of its own.

        Raises:
            psycopg.Error: Also when it was done and nobody knows whether it will last;
                ask again, with the same command id.
        """
        sql = statement.sql.encode()
        cursor = await self._connection.execute(sql, statement.parameters or None)
        rows = await cursor.fetchall()
        if statement.durable and self._sync is not None:
            await self._connection.execute(FLUSH.encode(), [self._sync])
        return rows

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()


async def open_connection(location: Location) -> PostgresqlConnection:
    """
    A new connection.

    Raises:
        psycopg.Error: There is none to be had.
    """
    connection = await psycopg.AsyncConnection[tuple[Any, ...]].connect(
        location.target,
        autocommit=True,
        prepare_threshold=PREPARE_AFTER,
        cursor_factory=psycopg.AsyncRawCursor,
        **PARAMETERS,
    )
    try:
        await connection.execute(SET_UP.encode())
        return PostgresqlConnection(connection, await _made_lazy(connection))
    except BaseException:
        await connection.close()
        raise


async def _made_lazy(connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> str | None:
    """The setting to flush by; None where nothing is synced anyway or flushing is not allowed."""
    cursor = await connection.execute(b"SHOW synchronous_commit")
    row = await cursor.fetchone()
    setting = str(row[0]) if row else "off"
    if setting == "off":
        return None
    try:
        await connection.execute(FLUSH.encode(), [setting])
    except psycopg.ProgrammingError:  # no such function, or not for this role
        return None
    await connection.execute(LAZY.encode())
    return setting

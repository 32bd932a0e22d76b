"""
PostgreSQL through psycopg: one connection, every call a transaction of its own.

A call whose connection breaks is asked once more on a new one with the same
command id, so it is done once however often it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg

from fraisier.db import postgresql_installer
from fraisier.db.answers import answer_of, decoded
from fraisier.db.base import DatabaseState
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
from fraisier.db.statements import count_by, dollar, select_data
from fraisier.domain.values import Answer

Connection = psycopg.Connection[tuple[Any, ...]]
Result = TypeVar("Result")


class PostgresqlDatabase:
    """A ``Database`` (see ``db.base``) on a server of PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, location: Location) -> None:
        self.url = location.shown
        self._location = location
        self._open: Connection | None = None
        self._listener: Connection | None = None

    def call(self, function: str, /, command_id: str | None = None, **arguments: Any) -> Answer:
        """Call an ``fn_*``; see ``db.base.Database.call``."""
        sql, parameters = call_of(function, command_id, arguments)
        return answer_of(self._rows(sql, parameters)[0])

    def read(
        self,
        view: str,
        where: Mapping[str, Any] | None = None,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        after: tuple[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of a ``v_*``; see ``db.base.Database.read``."""
        sql, parameters = select_data(view, where, order, limit, after, dollar)
        return [decoded(row[0]) for row in self._matching(sql, parameters)]

    def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """The first column of the first row of a reading statement, as it is."""
        rows = self._matching(sql, parameters)
        return rows[0][0] if rows else None

    def count(self, view: str, column: str) -> dict[str, int]:
        """The rows of a view, counted for each value of a column."""
        return {str(row[0]): row[1] for row in self._rows(count_by(view, column), ())}

    def ping(self) -> None:
        """Read one row from the server."""
        self._rows("SELECT max(version) FROM v_schema_version", ())

    def state(self) -> DatabaseState:
        """Compare the database with the packaged ``db/``."""
        return self._guarded(lambda: postgresql_installer.state_of(self._connection(), self.url))

    def migrate(self) -> DatabaseState:
        """Install or bring up to date; see ``db.base.Database.migrate``."""
        return self._guarded(lambda: postgresql_installer.migrate(self._connection(), self.url))

    def wait(self, seconds: float) -> None:
        """Return at the next ``NOTIFY fraisier_event``, or after ``seconds``."""
        try:
            if self._listener is None:
                # What was written before we listened made no sound: look again first.
                self._listener = self._connect()
                self._listener.execute("LISTEN fraisier_event")
                return
            for _ in self._listener.notifies(timeout=seconds, stop_after=1):
                return
        except psycopg.Error as error:
            self._drop_listener()
            raise translated(error, self._location) from error

    def close(self) -> None:
        """Close the connections. The next use opens them again."""
        self._drop()
        self._drop_listener()

    def _matching(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        # What cannot be a value of the column (an id that is no UUID) matches no row.
        try:
            return self._rows(sql, [untyped(value) for value in parameters], NO_SUCH_VALUE)
        except NO_SUCH_VALUE:
            return []

    def _rows(
        self,
        sql: str,
        parameters: Sequence[Any],
        passing: tuple[type[Exception], ...] = (),
    ) -> list[Any]:
        return self._guarded(lambda: self._execute(sql, parameters), passing)

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        return self._connection().execute(sql.encode(), parameters or None).fetchall()

    def _guarded(
        self, act: Callable[[], Result], passing: tuple[type[Exception], ...] = ()
    ) -> Result:
        for attempt in range(ATTEMPTS):
            try:
                return act()
            except passing:
                raise
            except (psycopg.Error, UnicodeError) as error:
                again = isinstance(error, RETRYABLE) or (is_broken(error) and attempt == 0)
                if is_broken(error):
                    again = again and self._open is not None
                    self._drop()
                if not again or attempt == ATTEMPTS - 1:
                    raise translated(error, self._location) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _connection(self) -> Connection:
        if self._open is None or self._open.closed:
            self._open = self._connect()
        return self._open

    def _connect(self) -> Connection:
        connection = psycopg.connect(
            self._location.target,
            autocommit=True,
            prepare_threshold=PREPARE_AFTER,
            cursor_factory=psycopg.RawCursor,
            **PARAMETERS,
        )
        connection.execute(SET_UP.encode())
        return connection

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _drop_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

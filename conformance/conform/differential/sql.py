"""
The SQL level: a trace as calls of ``fn_*``, in this process, one transaction a trace.

Nothing is committed, so the next trace finds the same empty database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from conform.databases import installation
from conform.dialects.base import COLUMNS, Row, argument
from conform.dialects.postgresql import plain
from conform.dialects.sqlite import statements
from conform.places import checkout

Types = Mapping[str, Mapping[str, str]]  # object -> column -> PostgreSQL's name of its type
TYPES = """
SELECT table_name, column_name, data_type FROM information_schema.columns
 WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
COUNTERS = """
SELECT setval(c.oid::regclass, 1, false) FROM pg_class c
  JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'i' WHERE c.relkind = 'S'
   AND c.relname NOT LIKE 'tb_schema_version%'
"""


class AbortedError(Exception):
    """The database refused the statement itself, as it does for programming errors."""


class Place(Protocol):
    """Somewhere that functions can be called and rows can be read."""

    @property
    def name(self) -> str:
        """What kind of database it is."""
        ...

    def begin(self) -> None:
        """Forget all that was done."""
        ...

    def call(self, function: str, arguments: Mapping[str, Any]) -> Row:
        """Call a function. Raises AbortedError, and then nothing has happened."""
        ...

    def rows(self, sql: str) -> list[Row]:
        """Rows as the driver has them, but times as text."""
        ...

    def all_rows(self, queries: Sequence[str]) -> list[list[Row]]:
        """The rows of several statements, asked for at once."""
        ...


class Database(Place, Protocol):
    """One database inside of a transaction that is never committed."""

    def define(self, script: str) -> None:
        """Run a script that stays."""
        ...

    def save(self) -> None:
        """Remember this moment; moments nest."""
        ...

    def back(self) -> None:
        """Go back to the moment that was remembered last, and forget it."""
        ...

    def close(self) -> None:
        """Forget all, and leave."""
        ...


class InMemory:
    """SQLite in this process's memory."""

    name = "sqlite"

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("foreign_keys = ON", "temp_store = MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}")
        for statement in statements("\n".join(installation(checkout() / "db", "sqlite"))):
            self._connection.execute(statement)

    def begin(self) -> None:
        """Roll back, begin."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")

    def call(self, function: str, arguments: Mapping[str, Any]) -> Row:
        """Insert into the function's view, read the answer."""
        marks = ", ".join("?" for _ in arguments)
        values = [argument(each) for each in arguments.values()]
        self.save()
        try:
            self._connection.execute(
                f"INSERT INTO {function} ({', '.join(arguments)}) VALUES ({marks})", values
            )
        except sqlite3.Error as reason:
            self.back()
            raise AbortedError(str(reason)) from reason
        self._connection.execute("RELEASE here")
        query = f"SELECT {', '.join(COLUMNS)} FROM v_mutation_response WHERE command_id = ?"
        row = self._connection.execute(query, (arguments["command_id"],)).fetchone()
        if row is None:
            raise AbortedError(f"{function} gave no answer")
        return dict(row)

    def rows(self, sql: str) -> list[Row]:
        """As they are."""
        return [dict(row) for row in self._connection.execute(sql)]

    def all_rows(self, queries: Sequence[str]) -> list[list[Row]]:
        """One after another."""
        return [self.rows(each) for each in queries]

    def define(self, script: str) -> None:
        """Outside of the transaction."""
        self._connection.execute("ROLLBACK")
        for statement in statements(script):
            self._connection.execute(statement)

    def save(self) -> None:
        """A savepoint."""
        self._connection.execute("SAVEPOINT here")

    def back(self) -> None:
        """To the savepoint."""
        self._connection.execute("ROLLBACK TO here")
        self._connection.execute("RELEASE here")

    def close(self) -> None:
        """The memory is given back."""
        self._connection.close()


class OnServer:
    """PostgreSQL: a database that nobody else uses."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._connection = psycopg.Connection[Row].connect(
            url, autocommit=True, row_factory=dict_row
        )
        self._connection.execute("SET jit = off")

    def begin(self) -> None:
        """Roll back, begin, count from one."""
        self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")
        self._connection.execute(COUNTERS)

    def call(self, function: str, arguments: Mapping[str, Any]) -> Row:
        """``SELECT ... FROM fn_x(p_a => ...)``."""
        passed = ", ".join(f"p_{name} => %({name})s" for name in arguments)
        values = {key: argument(value) for key, value in arguments.items()}
        query = f"SELECT {', '.join(COLUMNS)} FROM {function}({passed})"
        try:
            with self._connection.pipeline():
                self._connection.execute("SAVEPOINT call")
                found = self._connection.execute(query.encode(), values)
            row = found.fetchone()
        except psycopg.Error as reason:
            self._connection.execute("ROLLBACK TO call")
            raise AbortedError(str(reason)) from reason
        assert row is not None
        return {key: plain(value) for key, value in row.items()}

    def rows(self, sql: str) -> list[Row]:
        """With times and ids as text."""
        return _shown(self._connection.execute(sql.encode()))

    def all_rows(self, queries: Sequence[str]) -> list[list[Row]]:
        """All are on their way before the first is answered."""
        with self._connection.pipeline():
            found = [self._connection.execute(each.encode()) for each in queries]
        return [_shown(each) for each in found]

    def define(self, script: str) -> None:
        """Outside of the transaction."""
        self._connection.execute("ROLLBACK")
        self._connection.execute(script.encode())

    def save(self) -> None:
        """A savepoint."""
        self._connection.execute("SAVEPOINT here")

    def back(self) -> None:
        """To the savepoint."""
        self._connection.execute("ROLLBACK TO here; RELEASE here")

    def types(self) -> Types:
        """The type of every column, which SQLite does not tell."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows(TYPES):
            found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        return found

    def close(self) -> None:
        """Nothing was committed."""
        self._connection.close()


def _shown(found: psycopg.Cursor[Row]) -> list[Row]:
    if found.description is None:
        return []
    return [{key: plain(value) for key, value in row.items()} for row in found]

"""PostgreSQL: a database is one of many on a server."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql as compose
from psycopg.rows import dict_row

from conform.dialects import postgresql_pool
from conform.dialects.base import COLUMNS, Row, argument, quoted

# Everything that an installation makes, as PostgreSQL prints it back.
CATALOG = """
SELECT 'column', table_name || '.' || column_name,
       concat_ws(' ', ordinal_position, data_type, datetime_precision, is_nullable, column_default,
                 identity_generation)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text || '.' || conname,
                 pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc
           WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
UNION ALL SELECT 'trigger', tgrelid::regclass::text || '.' || tgname, pg_get_triggerdef(oid)
            FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'version', version::text, name FROM tb_schema_version
"""


class Postgresql:
    """Databases on a server; places are URLs of an administrator."""

    name = "postgresql"

    def create(self, place: str, name: str) -> str:
        """Make an empty database on the server."""
        _administer(place, compose.SQL("CREATE DATABASE {}").format(compose.Identifier(name)))
        return _with_database(place, name)

    def copy(self, url: str, place: str, name: str) -> str:
        """Let the server copy the database as a template."""
        statement = compose.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            compose.Identifier(name), compose.Identifier(_database(url))
        )
        if _administrator(place).info.server_version >= 150000:
            # Older ones know no other way; for a small database it is the fast one.
            statement += compose.SQL(" STRATEGY FILE_COPY")
        _administer(place, statement)
        return _with_database(place, name)

    def lend(self, url: str, place: str, name: str) -> str:
        """One that this process has emptied, or a new one."""
        free = _pool(url, os.getpid())
        if not free:
            made = self.copy(url, place, name)
            _lent[made] = (free, postgresql_pool.observe(made))
            return made
        return free.pop()

    def give_back(self, url: str) -> None:
        """Empty it for the next; one that was changed otherwise is dropped."""
        free, copy = _lent[url]
        try:
            again = postgresql_pool.emptied(copy)
        except psycopg.Error:
            again = False
        if again:
            free.append(url)
            return
        del _lent[url]
        copy.connection.close()
        self.drop(url)

    def drop(self, url: str) -> None:
        """Drop the database and the connections to it."""
        statement = compose.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
            compose.Identifier(_database(url))
        )
        _administer(_with_database(url, "postgres"), statement)

    def sweep(self, url: str) -> None:
        """Drop the databases whose names begin like the database's."""
        server = _administrator(_with_database(url, "postgres"))
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            (f"{_database(url)}_",),
        ).fetchall()
        for (name,) in found:
            self.drop(_with_database(url, name))

    def connect(self, url: str) -> PostgresqlConnection:
        """
        A connection with automatic commit: the one that is kept with a copy, while
        nobody has it (a new one compiles every function again), else a new one.
        """
        kept = _lent[url][1].take() if url in _lent else None
        if kept is not None:
            return PostgresqlConnection(kept, _lent[url][1].put_back)
        new = psycopg.connect(url, autocommit=True)
        return PostgresqlConnection(new, new.close)

    def catalog(self, url: str) -> Sequence[tuple[str, ...]]:
        """The catalog of the schema ``public``, and the migrations applied."""
        with psycopg.connect(url) as connection:
            found = connection.execute(CATALOG).fetchall()
        return sorted((kind, name, " ".join((text or "").split())) for kind, name, text in found)

    @contextmanager
    def attach(self, url: str) -> Generator[str]:
        """Through DuckDB's PostgreSQL scanner."""
        yield f"ATTACH {quoted(url)} AS subject (TYPE postgres, READ_ONLY)"


class PostgresqlConnection:
    """One connection to a database."""

    def __init__(
        self, connection: psycopg.Connection[tuple[Any, ...]], close: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._close = close

    def call(self, function: str, command_id: str, arguments: Mapping[str, Any]) -> Row:
        """``SELECT * FROM fn_x(p_a => ...)``."""
        given = {"command_id": command_id, **arguments}
        passed = ", ".join(f"p_{name} => %({name})s" for name in given)
        values = {key: argument(value) for key, value in given.items()}
        query = f"SELECT {', '.join(COLUMNS)} FROM {function}({passed})"
        row = self._execute(query, values).fetchone()
        assert row is not None, f"{function} returned no row"
        return {key: plain(value) for key, value in row.items()}

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Rows as dictionaries, with values as the other dialects show them."""
        values = {key: argument(value) for key, value in parameters.items()}
        cursor = self._execute(_psycopg_style(sql, values), values or None)
        if cursor.description is None:
            return []
        return [{key: plain(value) for key, value in row.items()} for row in cursor]

    def script(self, sql: str) -> None:
        """Run the statements inside one transaction."""
        with self._connection.transaction():
            self._connection.execute(sql.encode())

    def close(self) -> None:
        """Give the connection back, or close it."""
        self._close()

    def _execute(self, query: str, values: Row | None) -> psycopg.Cursor[Row]:
        return self._connection.cursor(row_factory=dict_row).execute(query.encode(), values)


_lent: dict[str, tuple[list[str], postgresql_pool.Copy]] = {}


@functools.cache
def _pool(_template: str, _process: int) -> list[str]:
    return []


def _administer(url: str, statement: compose.Composed) -> None:
    _administrator(url).execute(statement)


def _administrator(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """One connection a process and server: connecting takes as long as dropping."""
    return _connected(url, os.getpid())


@functools.cache
def _connected(url: str, _process: int) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True)


def _database(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _psycopg_style(sql: str, parameters: Mapping[str, Any]) -> str:
    """Turn ``:name`` of a given parameter into psycopg's way of writing it."""
    if not parameters:
        return sql
    names = "|".join(map(re.escape, parameters))
    return re.sub(rf"(?<!:):({names})\b", r"%(\1)s", sql.replace("%", "%%"))


def plain(value: Any) -> Any:
    """A value as the other dialects show it: times and ids are text."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    return value

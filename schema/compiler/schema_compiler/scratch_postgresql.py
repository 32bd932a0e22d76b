"""A scratch database on a PostgreSQL server."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING, Any, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_COLUMNS = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
_DEFINITION = "SELECT definition FROM pg_views WHERE viewname = %s"
_PARAMETERS = "SELECT proargnames[1:pronargs] AS names FROM pg_proc WHERE proname = %s"


class PostgreSQLScratch:
    """See :class:`schema_compiler.scratch.Scratch`."""

    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection
        self.answers: dict[str, list[dict[str, Any]]] = {}

    def columns(self, view: str) -> dict[str, str]:
        """Columns of a view and their types."""
        rows = self._connection.execute(_COLUMNS, (view,)).fetchall()
        return {row["column_name"]: row["data_type"] for row in rows}

    def definition(self, view: str) -> str:
        """As the server has it."""
        row = self._connection.execute(_DEFINITION, (view,)).fetchone()
        return row["definition"] if row else ""

    def parameters(self, function: str) -> list[str] | None:
        """Parameters without their ``p_``."""
        row = self._connection.execute(_PARAMETERS, (function,)).fetchone()
        return [name.removeprefix("p_") for name in row["names"]] if row else None

    def samples(self, view: str) -> list[dict[str, Any]]:
        """Some rows."""
        query = sql.SQL("SELECT * FROM {} LIMIT 50").format(sql.Identifier(view))
        return [_plain(row) for row in self._connection.execute(query).fetchall()]

    def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call by names of parameters."""
        given = {"command_id": str(uuid.uuid4()), **arguments}
        values: list[Any] = [
            Jsonb(value) if isinstance(value, dict | list) else value for value in given.values()
        ]
        named = sql.SQL(", ").join(
            sql.SQL("{} => %s").format(sql.Identifier(f"p_{name}")) for name in given
        )
        query = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier(function), named)
        answer = _plain(self._connection.execute(query, values).fetchall()[0])
        self.answers.setdefault(function, []).append(answer)
        return answer


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, uuid.UUID) else value for name, value in row.items()
    }


@contextlib.contextmanager
def open_postgresql(folder: Path, url: str) -> Generator[PostgreSQLScratch]:
    """Install ``db/postgresql`` in a new database of the server; it is dropped at the end."""
    from schema_compiler.scratch import scripts

    name = f"schema_compiler_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with _connect(url, name) as connection:
                for script in scripts(folder):
                    connection.execute(cast(LiteralString, script))
                yield PostgreSQLScratch(connection)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            server.execute(drop)


def _connect(url: str, name: str) -> psycopg.Connection[dict[str, Any]]:
    place = make_conninfo(url, dbname=name)
    connect = psycopg.Connection[dict[str, Any]].connect
    return connect(place, autocommit=True, row_factory=dict_row)

"""A scratch database in memory, by SQLite."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

JSON_COLUMNS = ("data", "entity", "updated_fields", "cascade", "error_detail", "metadata")


class SQLiteScratch:
    """See :class:`schema_compiler.scratch.Scratch`."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.answers: dict[str, list[dict[str, Any]]] = {}

    def columns(self, view: str) -> dict[str, str]:
        """Columns of a view; SQLite knows no types of expressions."""
        rows = self._connection.execute("SELECT name, type FROM pragma_table_info(?)", (view,))
        return dict(rows.fetchall())

    def definition(self, view: str) -> str:
        """As it was created."""
        sql = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?"
        row = self._connection.execute(sql, (view,)).fetchone()
        return row[0] if row else ""

    def parameters(self, function: str) -> list[str] | None:
        """A function is a view with the arguments as columns."""
        return list(self.columns(function)) or None

    def samples(self, view: str) -> list[dict[str, Any]]:
        """Some rows, decoded."""
        return self._rows(f'SELECT * FROM "{view}" LIMIT 50', ())

    def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Insert into the function's view and read the answer."""
        command_id = str(uuid.uuid4())
        given = {"command_id": command_id, **arguments}
        values = [
            json.dumps(value) if isinstance(value, dict | list) else value
            for value in given.values()
        ]
        marks = ", ".join("?" for _ in given)
        self._connection.execute(
            f"INSERT INTO {function} ({', '.join(given)}) VALUES ({marks})", values
        )
        sql = "SELECT * FROM v_mutation_response WHERE command_id = ?"
        answer = self._rows(sql, (command_id,))[0]
        for flag in ("succeeded", "state_changed"):  # SQLite has no booleans of its own
            answer[flag] = bool(answer[flag])
        self.answers.setdefault(function, []).append(answer)
        return answer

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        cursor = self._connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [
            {
                name: json.loads(value) if name in JSON_COLUMNS and value is not None else value
                for name, value in zip(names, row, strict=True)
            }
            for row in cursor.fetchall()
        ]


@contextlib.contextmanager
def open_sqlite(folder: Path) -> Generator[SQLiteScratch]:
    """Install ``db/sqlite`` in memory."""
    from schema_compiler.scratch import scripts

    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for script in scripts(folder):
            connection.executescript(script)
        yield SQLiteScratch(connection)
    finally:
        connection.close()

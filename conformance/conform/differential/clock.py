"""Time goes by (or back) in a database: every time that it has written moves instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rows = Callable[[str], list[dict[str, Any]]]
COLUMNS = {
    "sqlite": "SELECT m.name AS name, c.name AS of FROM sqlite_master m"
    " JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name AS name, column_name AS of FROM information_schema.columns"
    " JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
}
MOVED = {
    "sqlite": "{0} = strftime('%Y-%m-%dT%H:%M:%fZ', {0}, '{1:+d} seconds')",
    "postgresql": "{0} = {0} + interval '{1:+d} seconds'",
}


class Clock:
    """The clock of one database, as far as anybody can tell from its rows."""

    def __init__(self, rows: Rows, dialect: str) -> None:
        self._rows = rows
        self._dialect = dialect
        self._columns: dict[str, list[str]] = {}

    def step(self, seconds: int) -> None:
        """So many seconds have gone by; a negative number sets the clock back."""
        for table, columns in self._times().items():
            moved = ", ".join(MOVED[self._dialect].format(each, -seconds) for each in columns)
            self._rows(f"UPDATE {table} SET {moved}")

    def _times(self) -> dict[str, list[str]]:
        if not self._columns:
            for row in self._rows(COLUMNS[self._dialect]):
                if row["name"].startswith("tb_") and row["of"].endswith(("_at", "_until")):
                    self._columns.setdefault(row["name"], []).append(row["of"])
        return self._columns

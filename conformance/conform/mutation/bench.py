"""The one database of a mutation run: functions come and go, the scenarios stay."""

from __future__ import annotations

import re
from pathlib import Path

from conform.databases import Scratch, installed
from conform.mutation.mutants import Mutant


class Bench:
    """A scratch database in which one function at a time is replaced."""

    def __init__(self, dialect: str, place: str, checkout: Path) -> None:
        self.checkout = checkout
        self.scratch: Scratch = installed(dialect, place, checkout)
        self._guard()

    def install(self, script: str, name: str) -> None:
        """Put a script in the place of the object called ``name``; the driver's errors come out."""
        if self.scratch.dialect == "sqlite":
            views = re.findall(r"^CREATE VIEW (\w+)", script, re.MULTILINE) or [name]
            dropped = "\n".join(f"DROP VIEW {view};" for view in views)
            self.scratch.script(f"{dropped}\n{script}")
            for view in views:
                self._compile(script, view)
        else:
            self.scratch.script(script.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))

    def restore(self, mutant: Mutant) -> None:
        """Put the true script back."""
        self.install((self.checkout / mutant.file).read_text(), mutant.function)

    def calls(self) -> set[str]:
        """The functions that have answered since the last wipe."""
        found = self.scratch.rows("SELECT DISTINCT function_name FROM tb_command")
        return {row["function_name"] for row in found}

    def drop(self) -> None:
        """Remove the database."""
        self.scratch.drop()

    def _guard(self) -> None:
        """A mutant may never stop; PostgreSQL can be told to stop it."""
        if self.scratch.dialect == "postgresql":
            self.scratch.execute("SET statement_timeout = '20s'")

    def _compile(self, script: str, name: str) -> None:
        """SQLite looks into a trigger only when it fires; let it explain that now."""
        columns = re.search(rf"CREATE VIEW {name}\s*\(([^)]*)\)", script)
        if columns is None:  # a plain view, which functions read
            self.scratch.rows(f"EXPLAIN SELECT * FROM {name}")
            return
        nulls = ", ".join("NULL" for _ in columns[1].split(","))
        self.scratch.rows(f"EXPLAIN INSERT INTO {name} ({columns[1]}) VALUES ({nulls})")


_FOREIGN_KEYS = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
    "postgresql": (
        "SET session_replication_role = replica",
        "SET session_replication_role = DEFAULT",
    ),
}

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'tb_*'",
    "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}
_MIGRATIONS = "tb_schema_version"


def wipe(scratch: Scratch) -> None:
    """Remove all rows but the migrations', whatever refers to what; numbers go on growing."""
    off, on = _FOREIGN_KEYS[scratch.dialect]
    tables = [row["name"] for row in scratch.rows(_TABLES[scratch.dialect])]
    scratch.execute(off)
    scratch.script("".join(f"DELETE FROM {name};\n" for name in tables if name != _MIGRATIONS))
    scratch.execute(on)

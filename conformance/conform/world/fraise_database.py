"""A PostgreSQL database of a fraise, in which every step that works on it can be held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

VERSION = "20260101000001"  # of its one migration
ROWS = 4
KEY = 7_166_723  # of the advisory lock
TABLES = "CREATE TABLE item (pk BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note TEXT)"
# The migration and pgGit wait for whoever holds the lock.
MIGRATION = f"""CREATE TABLE made (pk BIGINT PRIMARY KEY);
SELECT pg_advisory_xact_lock({KEY});
"""
PGGIT = f"""
CREATE SCHEMA pggit;
CREATE TABLE pggit.noted (message TEXT);
CREATE FUNCTION pggit.commit(p_message TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock({KEY});
    INSERT INTO pggit.noted VALUES (p_message);
    RETURN 1;
END $$;
"""
# Who dumps reads, who seeds writes, and both wait for the transaction of the scenario.
LOCKS = {
    "backup": "LOCK TABLE item IN ACCESS EXCLUSIVE MODE",
    "seed": "LOCK TABLE item IN EXCLUSIVE MODE",
    "migrate": f"SELECT pg_advisory_xact_lock({KEY})",
    "migrate (pgGit)": f"SELECT pg_advisory_xact_lock({KEY})",
}
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"
KEYS: dict[str, dict[str, Any]] = {
    "backup": {},
    "migrate": {"backup": False, "backward_compatible": True},
    "migrate (pgGit)": {"backup": False, "backward_compatible": True},
    "compile": {"backup": False, "compile": {"schema": "schema.json"}},
    "seed": {"backup": False, "seed": {"tables": ["item"], "count": ROWS}},
    "nothing": {"backup": False, "backward_compatible": False},
}


class FraiseDatabase:
    """One database, made with an empty table ``item``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._holder: psycopg.Connection[Any] | None = None
        self._execute(TABLES)

    def add_pggit(self) -> None:
        """The one function of the extension that a deployment calls."""
        self._execute(PGGIT)

    @staticmethod
    def files(step: str) -> dict[str, str]:
        """What the release of a deployment that is held at the step brings along."""
        if step == "compile":
            return {"schema.json": '{"version": "2.0.0", "types": []}\n'}
        if step.startswith("migrate") or step == "nothing":
            name = f"db/migrations/{VERSION}_step"
            text = MIGRATION if step == "migrate" else MIGRATION.splitlines()[0]
            return {f"{name}.up.sql": text, f"{name}.down.sql": "DROP TABLE made;"}
        return {}

    def hold(self, step: str) -> None:
        """From now on whoever comes to this step waits."""
        self._holder = psycopg.connect(self.url)
        self._holder.execute(LOCKS[step].encode())

    def is_held(self) -> bool:
        """Whether somebody waits."""
        return bool(self.rows(WAITING))

    def let_go(self) -> None:
        """Nobody waits any more."""
        if self._holder is not None:
            self._holder.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a statement."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def problems(self, step: str, backup: Path | None, compiled: bool) -> list[str]:
        """What is not as it must be after a deployment whose step was held and that succeeded."""
        found = {
            "backup": lambda: backup is not None and backup.read_bytes()[:5] == b"PGDMP",
            "compile": lambda: compiled,
            "migrate": self._migrated_once,
            "migrate (pgGit)": lambda: self._migrated_once() and self._noted(),
            "seed": lambda: self.rows("SELECT count(*) FROM item") == [(ROWS,)],
        }
        return [] if found[step]() else [f"the step {step} left {self._state()}, {backup}"]

    def _migrated_once(self) -> bool:
        applied = self.rows(f"SELECT 1 FROM tb_confiture WHERE version = '{VERSION}'")
        return len(applied) == 1 and self.rows("SELECT to_regclass('made')") == [("made",)]

    def _noted(self) -> bool:
        return bool(self.rows(f"SELECT 1 FROM pggit.noted WHERE message LIKE '%{VERSION}%'"))

    def _state(self) -> str:
        tables = self.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
        return f"{tables} with {self.rows('SELECT count(*) FROM item')}"

    def _execute(self, statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statements.encode())

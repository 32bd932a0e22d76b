"""SQLite: a database is a file."""

from __future__ import annotations

import re
import shutil
import sqlite3
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from conform.dialects.base import COLUMNS, Row, argument, decoded, quoted

PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA synchronous = OFF",  # nobody keeps a scratch database
)


class Sqlite:
    """Databases in files."""

    name = "sqlite"

    def create(self, place: str, name: str) -> str:
        """Make an empty file in WAL mode in the folder ``place``."""
        path = Path(place) / f"{name}.db"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
        return f"sqlite:///{path}"

    def copy(self, url: str, place: str, name: str) -> str:
        """Copy the file; a log beside it that was not yet folded in goes along."""
        source, target = path_of(url), Path(place) / f"{name}.db"
        shutil.copyfile(source, target)
        log = Path(f"{source}-wal")
        if log.exists():
            shutil.copyfile(log, f"{target}-wal")
        return f"sqlite:///{target}"

    def lend(self, url: str, place: str, name: str) -> str:
        """A new copy: nothing is faster."""
        return self.copy(url, place, name)

    def give_back(self, url: str) -> None:
        """Remove it."""
        self.drop(url)

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{path_of(url)}{suffix}").unlink(missing_ok=True)

    def sweep(self, url: str) -> None:
        """Remove the files whose names begin like the database's."""
        path = path_of(url)
        for copy in path.parent.glob(f"{path.stem}_*.db*"):
            copy.unlink(missing_ok=True)

    def connect(self, url: str) -> SqliteConnection:
        """Open the file, strictly."""
        return SqliteConnection(path_of(url))

    def catalog(self, url: str) -> Sequence[tuple[str, ...]]:
        """``sqlite_master`` without white space, and the migrations applied."""
        connection = self.connect(url)
        try:
            found = connection.rows("SELECT type, name, sql FROM sqlite_master", {})
            versions = connection.rows("SELECT version, name FROM tb_schema_version", {})
        finally:
            connection.close()
        objects = [(r["type"], r["name"], " ".join((r["sql"] or "").split())) for r in found]
        return sorted([*objects, *(("version", str(v["version"]), v["name"]) for v in versions)])

    @contextmanager
    def attach(self, url: str) -> Generator[str]:
        """
        Through DuckDB's SQLite scanner, on a copy. DuckDB carries an SQLite of its own:
        when that closes a file, the system drops every lock that this process has on
        it, also those of connections that are still open.
        """
        path = path_of(url)
        still = path.with_name(f"{path.stem}_{uuid.uuid4().hex[:8]}.still")
        _copy_now(path, still)
        try:
            yield f"ATTACH {quoted(str(still))} AS subject (TYPE sqlite, READ_ONLY)"
        finally:
            still.unlink()


class SqliteConnection:
    """One connection to a file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            self._connection.execute(pragma)

    def call(self, function: str, command_id: str, arguments: Mapping[str, Any]) -> Row:
        """Insert into the function's view, read the answer, in one transaction."""
        names = ", ".join(("command_id", *arguments))
        marks = ", ".join("?" for _ in range(len(arguments) + 1))
        values = [command_id, *(argument(each) for each in arguments.values())]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute(f"INSERT INTO {function} ({names}) VALUES ({marks})", values)
            row = self._connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM v_mutation_response WHERE command_id = ?",
                (command_id,),
            ).fetchone()
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return {key: decoded(row[key]) for key in COLUMNS}

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Rows as dictionaries; SQLite understands ``:name`` by itself."""
        named = {key: argument(value) for key, value in parameters.items()}
        cursor = self._connection.execute(sql, named)
        return [{key: decoded(row[key]) for key in row.keys()} for row in cursor]  # noqa: SIM118

    def script(self, sql: str) -> None:
        """Run the statements one by one inside a transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(sql):
                self._connection.execute(statement)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def close(self) -> None:
        """Close the connection; the last one folds the log into the file."""
        self._connection.close()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _copy_now(source: Path, target: Path) -> None:
    """Write what is committed by now into a file of its own."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        for pragma in ("synchronous = OFF", "journal_mode = OFF"):
            writing.execute(f"PRAGMA {pragma}")
        reading.backup(writing)
        # A header that says WAL would make the reader look for a log beside the copy.
        writing.execute("PRAGMA journal_mode = DELETE")


def path_of(url: str) -> Path:
    """The file of a ``sqlite:///`` URL."""
    return Path(re.sub(r"^sqlite:///", "", url).partition("?")[0])


def statements(sql: str) -> list[str]:
    """Cut a script into statements; SQLite itself says where a trigger ends."""
    found: list[str] = []
    pending = ""
    for piece in re.split(r"(?<=;)", sql):
        pending += piece
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return [*found, pending] if pending.strip() else found

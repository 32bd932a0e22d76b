"""Scratch databases: installed from ``db/`` once, copied for every scenario."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform.dialects import Dialect, dialect_named
from conform.dialects.base import Connection, Row


@dataclass(slots=True)
class Scratch:
    """
    A database of one scenario.

    The suite may write tables in it to prepare a state (an expired lease, an old
    row); implementations may not.
    """

    dialect: str
    url: str
    place: str  # where copies are made: a folder, or an administrator's URL
    _connection: Connection | None = field(default=None, repr=False)

    def call(self, function: str, command_id: str | None = None, **arguments: Any) -> Row:
        """
        Call an ``fn_*`` and return its answer, all columns, JSON decoded.

        Dictionaries and lists go in as JSON. Without ``command_id`` a new one is
        made; errors of the driver come through as they are.
        """
        return self.connection.call(function, command_id or str(uuid.uuid4()), arguments)

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Rows of a statement with ``:name`` parameters; times are RFC 3339 text."""
        return self.connection.rows(sql, parameters)

    def row(self, sql: str, **parameters: Any) -> Row:
        """The only row of a statement. Raises AssertionError for none or several."""
        found = self.rows(sql, **parameters)
        assert len(found) == 1, f"{len(found)} rows instead of one: {sql} {parameters}"
        return found[0]

    def execute(self, sql: str, **parameters: Any) -> None:
        """Run one statement with ``:name`` parameters."""
        self.connection.rows(sql, parameters)

    def script(self, sql: str) -> None:
        """Run several statements in one transaction."""
        self.connection.script(sql)

    def clone(self) -> Scratch:
        """A copy of the database as it is now. Closes this connection for it."""
        self.close()
        name = f"{self.name}_{uuid.uuid4().hex[:8]}"
        return Scratch(self.dialect, self.kind.copy(self.url, self.place, name), self.place)

    def lend(self) -> Scratch:
        """A copy that is given back with ``give_back``."""
        name = f"{self.name}_{uuid.uuid4().hex[:8]}"
        return Scratch(self.dialect, self.kind.lend(self.url, self.place, name), self.place)

    def give_back(self) -> None:
        """The scenario is over: the copy serves another, or is removed."""
        self.close()
        self.kind.give_back(self.url)

    @property
    def name(self) -> str:
        """What the database is called; copies have longer names that begin like it."""
        return self.url.partition("?")[0].rpartition("/")[2].removesuffix(".db")

    def another_connection(self) -> Connection:
        """One more connection; the caller closes it."""
        return self.kind.connect(self.url)

    @property
    def kind(self) -> Dialect:
        """How databases of this dialect are made, copied, opened and dropped."""
        return dialect_named(self.dialect)

    @property
    def connection(self) -> Connection:
        """The scenario's own connection, opened when it is first needed."""
        if self._connection is None:
            self._connection = self.kind.connect(self.url)
        return self._connection

    def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def drop(self) -> None:
        """Remove the database."""
        self.close()
        self.kind.drop(self.url)

    def sweep(self) -> None:
        """Remove the database and every copy of it that is left."""
        self.kind.sweep(self.url)
        self.drop()


def fresh() -> str:
    """A name for a database that no other has."""
    return f"conform_{uuid.uuid4().hex[:16]}"


def empty(dialect: str, place: str) -> Scratch:
    """A database with nothing in it."""
    kind = dialect_named(dialect)
    return Scratch(dialect, kind.create(place, fresh()), place)


def installed(dialect: str, place: str, checkout: Path) -> Scratch:
    """
    A database installed from ``db/`` as db/README.md says: the suite's own
    installation, which no implementation had a hand in.
    """
    scratch = empty(dialect, place)
    scratch.script("\n".join(installation(checkout / "db", dialect)))
    scratch.close()
    return scratch


def installation(folder: Path, dialect: str) -> list[str]:
    """The scripts that install an empty database, in their order."""
    home = folder / dialect
    internals = sorted((home / "functions").glob("fx_*.sql"))
    scripts = [path.read_text() for path in (home / "schema.sql", *internals)]
    scripts += [path.read_text() for path in objects(folder, dialect)]
    return [*scripts, f"CREATE VIEW v_schema_digest AS SELECT '{digest(home)}' AS digest;"]


def objects(folder: Path, dialect: str) -> list[Path]:
    """
    The files of views and functions in the order of ``objects.txt``.

    Raises:
        FileNotFoundError: The list names an object that has no file.
    """
    home = folder / dialect
    listed = folder / "objects.txt"
    if not listed.exists():
        return sorted((home / "views").glob("*.sql")) + sorted(
            (home / "functions").glob("fn_*.sql")
        )
    lines = (line.partition("#")[0].strip() for line in listed.read_text().splitlines())
    return [_file(home, line) for line in lines if line]


def _file(home: Path, name: str) -> Path:
    bare = name.removesuffix(".sql")
    for candidate in (bare, f"views/{bare}", f"functions/{bare}"):
        if (home / f"{candidate}.sql").is_file():
            return home / f"{candidate}.sql"
    raise FileNotFoundError(f"objects.txt names {name}, but {home.name} has no such file")


def digest(home: Path) -> str:
    """SHA-256 over a dialect's schema, views and functions, as db/README.md defines it."""
    total = hashlib.sha256()
    files = [home / "schema.sql", *home.glob("views/*"), *home.glob("functions/*")]
    for path in sorted(files, key=lambda each: each.relative_to(home).as_posix().encode()):
        total.update(path.relative_to(home).as_posix().encode() + b"\0")
        total.update(path.read_bytes() + b"\0")
    return total.hexdigest()

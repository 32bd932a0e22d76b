"""What ``db/`` holds for one dialect: schema, objects in order, migrations, digest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fraisier.db.base import DatabaseState
from fraisier.domain.errors import FraisierError
from fraisier.effects.assets import asset

LOCK_NUMBER = 7166721
_MIGRATION = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql\Z")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step from an older schema to a newer one."""

    version: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The SQL of one dialect; ``objects`` are the scripts of views and functions in order."""

    dialect: str
    schema: str
    objects: tuple[str, ...]
    migrations: tuple[Migration, ...]
    digest: str

    @property
    def newest(self) -> int:
        """The version that this program knows."""
        return max((migration.version for migration in self.migrations), default=0)

    def digest_view(self) -> str:
        """The view by which a database says which files it was made from."""
        return f"CREATE VIEW v_schema_digest AS SELECT '{self.digest}' AS digest"

    def pending(self, version: int, shown: str) -> tuple[Migration, ...]:
        """
        The migrations that a database of ``version`` lacks.

        Raises:
            FraisierError: ``database-newer``.
        """
        if version > self.newest:
            raise newer(shown, version, self.newest)
        return tuple(each for each in self.migrations if each.version > version)

    def state(self, shown: str, version: int, digest: str | None) -> DatabaseState:
        """How a database of ``version`` with this digest stands to these files."""
        return DatabaseState(shown, self.dialect, version, self.newest, digest, self.digest)


def newer(shown: str, version: int, newest: int) -> FraisierError:
    """The error for a database that a later Fraisier has touched."""
    return FraisierError(
        f"the database {shown} has schema {version}, this program knows {newest}",
        code="database-newer",
        hint="upgrade fraisier",
    )


@cache
def installation(dialect: str) -> Installation:
    """
    The files of a dialect, read once a process.

    Raises:
        FraisierError: ``tool-missing``: the program is installed without its SQL.
    """
    try:
        folder = asset(f"db/{dialect}")
        order = _order(asset("db/objects.txt"))
    except FileNotFoundError as error:
        raise FraisierError(str(error), code="tool-missing") from error
    return Installation(
        dialect,
        _text(folder / "schema.sql"),
        tuple(_text(path) for path in _objects(folder, order)),
        _migrations(folder / "migrations"),
        _digest(folder),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _order(path: Path) -> tuple[str, ...]:
    lines = (line.split("#", 1)[0].strip() for line in _text(path).splitlines())
    return tuple(line for line in lines if line)


def _objects(folder: Path, order: tuple[str, ...]) -> list[Path]:
    # Internals of a dialect (fx_*) are no part of the contract and come first.
    internal = sorted((folder / "functions").glob("fx_*.sql"))
    return internal + [_object(folder, name) for name in order]


def _object(folder: Path, name: str) -> Path:
    return folder / f"{name.removesuffix('.sql')}.sql"


def _migrations(folder: Path) -> tuple[Migration, ...]:
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        if match := _MIGRATION.match(path.name):
            found.append(Migration(int(match[1]), match[2], _text(path)))
    return tuple(found)


def _digest(folder: Path) -> str:
    paths = [folder / "schema.sql", *folder.glob("views/*.sql"), *folder.glob("functions/*.sql")]
    digest = hashlib.sha256()
    for name in sorted(path.relative_to(folder).as_posix().encode() for path in paths):
        content = (folder / name.decode()).read_bytes()
        digest.update(name + b"\0" + content + b"\0")
    return digest.hexdigest()

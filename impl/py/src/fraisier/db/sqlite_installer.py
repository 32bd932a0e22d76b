"""Install and migrate a SQLite file as ``db/README.md`` says, safe to race."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from fraisier.db.base import DatabaseState
from fraisier.db.installation import Installation, installation


def state_of(connection: sqlite3.Connection | None, shown: str) -> DatabaseState:
    """Version and digest of the database; without a connection it is empty."""
    files = installation("sqlite")
    if connection is None:
        return files.state(shown, 0, None)
    return files.state(shown, _version(connection), _digest(connection))


def migrate(connection: sqlite3.Connection, shown: str) -> DatabaseState:
    """
    Install an empty database, bring an older one up to date, leave a current one alone.

    All in one ``BEGIN IMMEDIATE``: a second process waits and then finds nothing to do.

    Raises:
        FraisierError: ``database-newer``.
    """
    files = installation("sqlite")
    # Rebuilding a table must not look like deleting what refers to it.
    connection.execute("PRAGMA foreign_keys=OFF")
    try:
        connection.execute("BEGIN IMMEDIATE")
        _bring_up_to_date(connection, files, shown)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys=ON")
    return state_of(connection, shown)


def _bring_up_to_date(connection: sqlite3.Connection, files: Installation, shown: str) -> None:
    version = _version(connection)
    pending = files.pending(version, shown)
    if not pending and _digest(connection) == files.digest:
        return
    if version == 0:
        _run(connection, files.schema)
    else:
        for migration in pending:
            _run(connection, migration.sql)
    _make_objects(connection, files)
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise sqlite3.IntegrityError("a row would refer to a row that is not there")


def _make_objects(connection: sqlite3.Connection, files: Installation) -> None:
    sql = "SELECT name FROM sqlite_master WHERE type = 'view'"
    names = [name for (name,) in connection.execute(sql).fetchall()]
    for name in (name for name in names if name.startswith(("v_", "fn_", "fx_"))):
        connection.execute(f'DROP VIEW "{name}"')
    for script in (*files.objects, files.digest_view()):
        _run(connection, script)


def _has(connection: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(sql, (name,)).fetchone() is not None


def _version(connection: sqlite3.Connection) -> int:
    if not _has(connection, "tb_schema_version"):
        return 1 if _has(connection, "tb_deployment") else 0
    row = connection.execute("SELECT max(version) FROM tb_schema_version").fetchone()
    return int(row[0] or 0)


def _digest(connection: sqlite3.Connection) -> str | None:
    if not _has(connection, "v_schema_digest"):
        return None
    return connection.execute("SELECT digest FROM v_schema_digest").fetchone()[0]


def _run(connection: sqlite3.Connection, script: str) -> None:
    for statement in statements_of(script):
        connection.execute(statement)


def statements_of(script: str) -> Iterator[str]:
    """
    The statements of a script, one by one, whole triggers included.

    ``executescript`` would commit the transaction that everything runs in.
    """
    start = 0
    end = script.find(";")
    while end >= 0:
        statement = script[start : end + 1]
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            start = end + 1
        end = script.find(";", end + 1)
    if rest := _without_comments(script[start:]):
        yield rest


def _without_comments(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip()

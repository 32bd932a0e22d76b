"""Install and migrate a PostgreSQL database as ``db/README.md`` says, safe to race."""

from __future__ import annotations

from typing import Any

import psycopg

from fraisier.db.base import DatabaseState
from fraisier.db.installation import LOCK_NUMBER, Installation, installation

Connection = psycopg.Connection[tuple[Any, ...]]

_VIEWS = (
    "SELECT quote_ident(relname) FROM pg_class"
    " WHERE relkind = 'v' AND relnamespace = current_schema()::regnamespace"
    " AND relname LIKE 'v\\_%'"
)
_FUNCTIONS = (
    "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace"
    " AND (proname LIKE 'fn\\_%' OR proname LIKE 'fx\\_%')"
)


def state_of(connection: Connection, shown: str) -> DatabaseState:
    """Version and digest of the database."""
    return installation("postgresql").state(shown, _version(connection), _digest(connection))


def migrate(connection: Connection, shown: str) -> DatabaseState:
    """
    Install an empty database, bring an older one up to date, leave a current one alone.

    All in one transaction under an advisory lock: a second process waits and
    then finds nothing to do.

    Raises:
        FraisierError: ``database-newer``.
    """
    files = installation("postgresql")
    with connection.transaction():
        connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_NUMBER})".encode())
        _bring_up_to_date(connection, files, shown)
    return state_of(connection, shown)


def _bring_up_to_date(connection: Connection, files: Installation, shown: str) -> None:
    version = _version(connection)
    pending = files.pending(version, shown)
    if not pending and _digest(connection) == files.digest:
        return
    if version == 0:
        connection.execute(files.schema.encode())
    else:
        for migration in pending:
            connection.execute(migration.sql.encode())
    _make_objects(connection, files)


def _make_objects(connection: Connection, files: Installation) -> None:
    for (name,) in connection.execute(_VIEWS.encode()).fetchall():
        connection.execute(f"DROP VIEW IF EXISTS {name} CASCADE".encode())
    for (signature,) in connection.execute(_FUNCTIONS.encode()).fetchall():
        connection.execute(f"DROP FUNCTION IF EXISTS {signature} CASCADE".encode())
    for script in (*files.objects, files.digest_view()):
        connection.execute(script.encode())


def _has(connection: Connection, name: str) -> bool:
    sql = "SELECT to_regclass(quote_ident(current_schema()) || '.' || $1) IS NOT NULL"
    row = connection.execute(sql.encode(), [name]).fetchone()
    return bool(row and row[0])


def _version(connection: Connection) -> int:
    if not _has(connection, "tb_schema_version"):
        return 1 if _has(connection, "tb_deployment") else 0
    row = connection.execute(b"SELECT max(version) FROM tb_schema_version").fetchone()
    return int(row[0] or 0) if row else 0


def _digest(connection: Connection) -> str | None:
    if not _has(connection, "v_schema_digest"):
        return None
    row = connection.execute(b"SELECT digest FROM v_schema_digest").fetchone()
    return row[0] if row else None

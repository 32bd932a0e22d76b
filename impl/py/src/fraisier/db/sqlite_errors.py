"""What an error of SQLite means to a user."""

from __future__ import annotations

import sqlite3

from fraisier.domain.errors import FraisierError

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_AWAY = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}


def translated(error: Exception, shown: str) -> FraisierError:
    """The error of ``spec/errors.yaml`` for an error of the driver or the file system."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return FraisierError(f"{shown} stayed locked for too long", code="database-busy")
    if code == sqlite3.SQLITE_INTERRUPT:
        return FraisierError("a statement took longer than it may", code="statement-timeout")
    if isinstance(error, OSError) or code in _AWAY:
        return FraisierError(f"{shown} cannot be used: {error}", code="database-unavailable")
    if isinstance(error, (UnicodeError, OverflowError)):
        return FraisierError("a value cannot be stored", code="invalid-argument")
    if _lacks_objects(error):
        return FraisierError(
            f"{shown} lacks what this program asks for ({error})",
            code="database-outdated",
            hint="run: fraisier db migrate",
        )
    return FraisierError(f"{shown}: {error}", code="internal")


def _lacks_objects(error: Exception) -> bool:
    return str(error).startswith(("no such table", "no such view", "no such column")) or (
        " has no column named " in str(error)
    )

"""What differs between the databases that the suite runs on, one module each."""

from __future__ import annotations

from conform.dialects.base import Connection, Dialect

__all__ = ["DIALECTS", "Connection", "Dialect", "dialect_named", "dialect_of"]

DIALECTS = ("sqlite", "postgresql")


def dialect_named(name: str) -> Dialect:
    """
    The dialect called ``name``. Drivers are imported here and not before.

    Raises:
        ValueError: The suite knows no such dialect.
    """
    if name == "sqlite":
        from conform.dialects.sqlite import Sqlite

        return Sqlite()
    if name == "postgresql":
        from conform.dialects.postgresql import Postgresql

        return Postgresql()
    raise ValueError(f'"{name}" is not a database; known: {", ".join(DIALECTS)}')


def dialect_of(url: str) -> Dialect:
    """The dialect of a database URL. Raises ValueError like ``dialect_named``."""
    scheme = url.partition(":")[0]
    return dialect_named("postgresql" if scheme == "postgres" else scheme)

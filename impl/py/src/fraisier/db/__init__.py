"""Open a database and ask it; every rule is in ``db/*.sql``, none is here."""

from __future__ import annotations

from fraisier.db.base import AsyncDatabase, Database, DatabaseState
from fraisier.db.location import parse
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

__all__ = ["AsyncDatabase", "Database", "DatabaseState", "connect", "redacted_url", "refuse"]


def connect(url: str) -> Database:
    """
    The database at ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://...``.

    Nothing is opened before the first use, and nothing is installed: see ``Database.migrate``.

    Raises:
        FraisierError: ``invalid-argument`` when the URL is none of these.
    """
    location = parse(url)
    if location.dialect == "sqlite":
        from fraisier.db.sqlite import SqliteDatabase

        return SqliteDatabase(location)
    from fraisier.db.postgresql import PostgresqlDatabase

    return PostgresqlDatabase(location)


def redacted_url(url: str) -> str:
    """
    The URL without its password.

    Raises:
        FraisierError: ``invalid-argument`` when it is no URL of a database.
    """
    return parse(url).shown


def refuse(answer: Answer) -> Answer:
    """
    Give a granted answer back.

    Raises:
        FraisierError: The answer is a refusal; its code is the database's.
    """
    if answer.succeeded:
        return answer
    raise FraisierError(answer.message, code=answer.status_detail)

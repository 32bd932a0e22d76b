"""A commit of pgGit, the extension that keeps the history of a database's schema."""

from __future__ import annotations

from fraisier.deployers.base import Work
from fraisier.deployers.database.settings import DatabaseSettings
from fraisier.deployers.database.tools import ask_database, quoted
from fraisier.domain.errors import FraisierError
from fraisier.effects.tools import find_tool

_IS_THERE = "SELECT to_regprocedure('pggit.commit(text)') IS NOT NULL;"


def commit_schema(work: Work, settings: DatabaseSettings, head: str) -> None:
    """
    Commit the schema as it is now, where the extension is; tell about it.

    Raises:
        FraisierError: ``migration-failed``: ``database.pggit`` asks for it, and the extension
            is not there or refuses. The migration itself is done and recorded.
    """
    if settings.pggit is False:
        return
    if settings.pggit is None and find_tool("psql") is None:
        return
    there = ask_database(work, str(settings.url), _IS_THERE)
    if there.stdout.strip() != "t":
        if settings.pggit:
            message = "database.pggit is true, and the database has no pggit.commit(text)"
            raise FraisierError(message, code="migration-failed", hint="CREATE EXTENSION pggit;")
        return
    release = work.known_release
    message = f"{settings.label} {release.version} ({release.git_commit[:12]}): {head}"
    done = ask_database(work, str(settings.url), f"SELECT pggit.commit({quoted(message)});")
    if done.ok:
        work.tell(f"pgGit: {message}")
    elif settings.pggit:
        raise FraisierError(f"pggit.commit: {done.describe()}", code="migration-failed")
    else:
        work.tell(f"pgGit made no commit: {done.describe()}")

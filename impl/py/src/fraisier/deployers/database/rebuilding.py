"""A database dropped and made anew from the schema files of a release."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from fraisier.deployers.base import Work
from fraisier.deployers.database.confiture import Confiture
from fraisier.deployers.database.notes import Note, write_note
from fraisier.deployers.database.pggit import commit_schema
from fraisier.deployers.database.settings import DatabaseSettings
from fraisier.deployers.database.tools import ask_database, quoted_name
from fraisier.domain.errors import FraisierError
from fraisier.effects.process import Completed

_MAINTENANCE = "postgres"


def rebuild(work: Work, settings: DatabaseSettings) -> str:
    """
    Drop all schemas of the database, make those of the release, and record it.

    The database itself is made when the server has none of its name.

    Raises:
        FraisierError: ``migration-failed``.
    """
    reached = ask_database(work, str(settings.url), "SELECT 1;")
    if not reached.ok:
        _create(work, settings, reached)
    marked = Confiture(work, settings).rebuild()
    head = marked[-1] if marked else f"schema-{work.known_release.git_commit[:12]}"
    # A rollback rebuilds too, so no older release is kept from coming back.
    compatible = settings.backward_compatible is not False
    work.record_migration(head, compatible, {"strategy": "rebuild", "versions": list(marked)})
    write_note(work, Note(work.deployment_id, marked, compatible, recorded=True))
    commit_schema(work, settings, head)
    return f"Database rebuilt at {head}"


def _create(work: Work, settings: DatabaseSettings, refused: Completed) -> None:
    """Make the database; when that does not work, the first refusal is what matters."""
    parts = urlsplit(str(settings.url))
    query = f"?{parts.query}" if parts.query else ""
    server = f"{parts.scheme}://{parts.netloc}/{_MAINTENANCE}{query}"
    name = unquote(parts.path.strip("/"))
    made = ask_database(work, server, f"CREATE DATABASE {quoted_name(name)};")
    if not made.ok:
        message = f"the database cannot be reached: psql {refused.describe()}"
        raise FraisierError(message, code="migration-failed")
    work.tell(f"made the database {name}")

"""What is checked about the database of a fraise before a deployment touches anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from fraisier.deployers.base import Work
from fraisier.deployers.database.settings import LOCAL_HOSTS, DatabaseSettings, settings_of
from fraisier.deployers.database.tools import (
    CLIENT_HINT,
    CONFITURE_HINT,
    FRAISEQL_HINT,
    ask_database,
    quoted,
)
from fraisier.domain.errors import FraisierError
from fraisier.effects.tools import find_tool, tool

OWN = "this is Fraisier's own database, which no deployment touches"


class Need(NamedTuple):
    """A program that a deployment uses; without one that is not required it skips a step."""

    program: str
    hint: str
    required: bool


def needs(settings: DatabaseSettings) -> Iterator[Need]:
    """The programs that the steps of the database use."""
    if settings.migrates:
        asked = settings.rebuilds or "migrations" in settings.explicit
        yield Need("confiture", CONFITURE_HINT, asked)
    if settings.migrates and settings.backup:
        yield Need("pg_dump", CLIENT_HINT, "backup" in settings.explicit)
    if settings.migrates and (settings.rebuilds or settings.seeds):
        yield Need("psql", CLIENT_HINT, True)
    if settings.seeds:
        yield Need("fraiseql-data", CONFITURE_HINT, True)
    if settings.compile is not None:
        yield Need("fraiseql-cli", FRAISEQL_HINT, True)


def check_database(work: Work) -> None:
    """
    Refuse what may not be, and tools that are asked for and not there.

    Raises:
        FraisierError: ``rebuild-refused``, ``tool-missing``, and ``preflight-failed`` when the
            database is Fraisier's own and something is to be done to it.
    """
    settings = settings_of(work.fraise)
    if settings is None:
        return
    refuse_rebuild(settings, force=work.force)
    if is_own(settings, work.own_database) or knows_deployment(work, settings):
        refuse_own(settings)
        return
    for need in needs(settings):
        if need.required:
            tool(need.program, need.hint)


def refuse_rebuild(settings: DatabaseSettings, *, force: bool) -> None:
    """
    The database of a production environment is dropped only by force.

    Raises:
        FraisierError: ``rebuild-refused``.
    """
    if settings.rebuilds and settings.is_production and not force:
        raise FraisierError(
            f"{settings.label} is a production environment: its database is not rebuilt",
            code="rebuild-refused",
            hint='set database.strategy to "apply"; --force drops all data and rebuilds it',
        )


def is_own(settings: DatabaseSettings, own: str) -> bool:
    """Whether the database of the fraise is the one in which Fraisier keeps its records."""
    if not own:
        return False
    if settings.kind == "sqlite" and settings.path and own.startswith("sqlite:"):
        return _file(own) == Path(settings.path).resolve()
    if settings.kind == "postgresql" and settings.url and own.startswith("postgres"):
        return _address(own) == _address(settings.url)
    return False


def knows_deployment(work: Work, settings: DatabaseSettings) -> bool:
    """
    Whether this very deployment is recorded in the database of the fraise: then it is
    Fraisier's own, under whatever name. Not asked where it cannot be.
    """
    if not settings.migrates or find_tool("psql") is None:
        return False
    question = f"SELECT count(*) FROM tb_deployment WHERE id = {quoted(work.deployment_id)};"
    return ask_database(work, str(settings.url), question).stdout.strip() == "1"


def refuse_own(settings: DatabaseSettings) -> None:
    """
    Fraisier's own database may be named, as Fraisier does itself, and nothing be done to it.

    Raises:
        FraisierError: ``preflight-failed``.
    """
    asked = settings.explicit & {"migrations", "environment", "seed", "pggit"}
    if settings.rebuilds or asked:
        raise FraisierError(
            f"{settings.label}: {OWN}",
            code="preflight-failed",
            hint="give the fraise a database of its own",
        )


def _file(url: str) -> Path:
    return Path(unquote(urlsplit(url).path.removeprefix("/"))).resolve()


def _address(url: str) -> tuple[str, int, str]:
    """Server and name; the same server may be called by several local names."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    host = asked.get("host") or parts.hostname or ""
    name = asked.get("dbname") or unquote(parts.path.strip("/")) or parts.username or ""
    here = host in LOCAL_HOSTS or host.startswith("/")
    return "" if here else host, int(asked.get("port") or parts.port or 5432), name

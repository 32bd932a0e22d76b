"""What would make the database steps of a deployment fail, for ``fraisier doctor``."""

from __future__ import annotations

from collections.abc import Iterator

from fraisier.deployers.database.rules import is_own, needs, refuse_own, refuse_rebuild
from fraisier.deployers.database.settings import DatabaseSettings, settings_of
from fraisier.deployers.database.tools import psql
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.values import FraiseConfig
from fraisier.effects.tools import find_tool

REACH_SECONDS = 15.0


def diagnose_database(fraise: FraiseConfig, own_database: str) -> Iterator[Finding]:
    """
    Look at the database of one fraise in one environment; change nothing.

    What a deployment would refuse is a problem, a step that it would skip a warning.
    """
    settings = settings_of(fraise)
    if settings is None:
        return
    try:
        refuse_rebuild(settings, force=False)
        if is_own(settings, own_database):
            refuse_own(settings)
            return
    except FraisierError as error:
        yield problem(error.message, settings.label, error.hint)
        return
    if settings.kind != "sqlite" and settings.obstacle is not None:
        yield warning(f"its database is left alone: {settings.obstacle}", settings.label)
    yield from _tools(settings)
    if settings.migrates and find_tool("psql") is not None:
        yield _reached(fraise, settings)


def _tools(settings: DatabaseSettings) -> Iterator[Finding]:
    for need in needs(settings):
        if find_tool(need.program) is None:
            told = problem if need.required else warning
            yield told(f"{need.program} is not installed", settings.label, need.hint)


def _reached(fraise: FraiseConfig, settings: DatabaseSettings) -> Finding:
    try:
        done = psql(str(settings.url), "SELECT 1;", REACH_SECONDS, fraise.secrets)
    except FraisierError as error:
        return problem(f"its database: {error.message}", settings.label)
    if done.ok:
        return fine("its database can be reached", settings.label)
    said = " ".join(done.tail[-2:])
    told = warning if settings.rebuilds else problem  # a rebuild makes one that is not there
    return told(f"its database cannot be reached: {said}", settings.label)

"""Doctor: whether lost pushes are found, for the fraises that want it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fraisier.db import Database
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.values import Fraise, FraiseConfig


def look(chosen: Sequence[FraiseConfig]) -> Iterator[Finding]:
    """What of the configuration keeps a repository from being asked."""
    for fraise in dict.fromkeys(each.name for each in chosen):
        yield from _configured(next(each.fraise for each in chosen if each.name == fraise))


def _configured(fraise: Fraise) -> Iterator[Finding]:
    where = f"fraises.{fraise.name}.reconcile"
    if not fraise.reconcile:
        return
    if fraise.repository is None:
        hint = f"set fraises.{fraise.name}.git.repository"
        yield problem(f"{fraise.name} is not reconciled: it has no repository", where, hint)
    elif not any(each.branches or each.tags for each in fraise.environments.values()):
        hint = "set branch or tag of an environment, branch_mapping or tag_mapping"
        yield warning(f"{fraise.name} is not reconciled: no branch leads to it", where, hint)


def recorded(database: Database, chosen: Sequence[FraiseConfig]) -> Iterator[Finding]:
    """
    How the newest look at each repository went.

    SQL: v_reconcile
    """
    for name in dict.fromkeys(each.name for each in chosen if each.fraise.reconcile):
        for row in database.read("v_reconcile", {"fraise": name}, limit=1):
            where = f"fraises.{name}.reconcile"
            if row["error"] is not None:
                what = f"{name} is not reconciled, {row['failures']} times now: {row['error']}"
                hint = f"the next try is at {row['next_at']}; git ls-remote must work there"
                yield warning(what, where, hint)
            elif row["completed_at"] is None:
                yield fine(f"the repository of {name} will be asked for lost pushes", where)
            else:
                what = f"the repository of {name} was asked for lost pushes: {row['completed_at']}"
                yield fine(what, where)

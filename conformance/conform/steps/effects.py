"""Steps about side effects: what a scenario's last When changed in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_bdd import then

from conform import session as sessions
from conform.cases import EFFECTS
from conform.databases import Scratch
from conform.effects import UNCOUNTED, Effect, Snapshot, snapshot

Table = Sequence[Sequence[str]]
COUNTS = ("added", "changed", "removed", "rows")


class Effects:
    """The moment before the last When, and what the scenario has accounted for."""

    def __init__(self) -> None:
        self.before: Snapshot | None = None
        self.accounted: dict[str, Effect] = {}

    def now(self, scratch: Scratch) -> dict[str, Effect]:
        """What differs from the moment before the last When."""
        assert self.before is not None, "no When came before"
        return snapshot(scratch).since(self.before)


@pytest.fixture
def effects() -> Effects:
    """What the scenario's last When did to the database."""
    return Effects()


def pytest_bdd_before_step(request: pytest.FixtureRequest, scenario: Any, step: Any) -> None:
    """Take a picture before each When of a scenario that asks about effects."""
    if step.keyword.strip() != "When" or not _asks(scenario):
        return
    if sessions.current().url:  # the planning leaves these out; nothing passes for nothing
        pytest.skip("the database of a server that is only a URL cannot be looked into")
    effects: Effects = request.getfixturevalue("effects")
    scratch: Scratch = request.getfixturevalue("scratch")
    effects.before, effects.accounted = snapshot(scratch), {}


def _asks(scenario: Any) -> bool:
    return any(step.name.startswith(EFFECTS) for step in scenario.steps)


@then("nothing changed")
@then("nothing else changed")
def nothing_else_changed(effects: Effects, scratch: Scratch) -> None:
    """No row differs, apart from what "these changed" has accounted for."""
    found = effects.now(scratch)
    counted = {t: e for t, e in found.items() if t not in UNCOUNTED and t not in effects.accounted}
    assert not counted, f"changed: {counted}"


@then("these changed:")
def these_changed(effects: Effects, scratch: Scratch, datatable: Table) -> None:
    """The named tables changed as counted; others are left to later steps."""
    found = effects.now(scratch)
    for table, counts in _expected(datatable).items():
        assert _shown(found.get(table, Effect()), counts) == counts, f"{table}: {found.get(table)}"
        effects.accounted[table] = found.get(table, Effect())


@then("exactly these changed:")
def exactly_these_changed(effects: Effects, scratch: Scratch, datatable: Table) -> None:
    """The named tables changed as counted, and no other did."""
    these_changed(effects, scratch, datatable)
    nothing_else_changed(effects, scratch)


def _expected(datatable: Table) -> dict[str, dict[str, int]]:
    header, *lines = datatable
    known = set(header) <= {"table", *COUNTS}
    assert header[0] == "table" and known, f"unknown columns in {header}"
    expected: dict[str, dict[str, int]] = {}
    for line in lines:
        cells = dict(zip(header, line, strict=True))
        expected[cells["table"]] = {key: int(cells[key]) for key in header[1:]}
    return expected


def _shown(effect: Effect, counts: dict[str, int]) -> dict[str, int]:
    return {key: getattr(effect, key) for key in counts}

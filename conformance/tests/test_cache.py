"""``conform run --cached``: what has not changed since it passed is not run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conform.miniature import Checkout, Ran

SYNCED = "Given the usual registry\nWhen the usual registry is synced again\nThen nothing changed"
BAD = SYNCED.replace(
    "nothing changed", "exactly these changed:\n| table | added |\n| tb_event | 1 |"
)
UNCHANGED = "database on sqlite: unchanged since it passed, so it is not run again"


def run(checkout: Checkout) -> Ran:
    """Run on SQLite, with the cache."""
    return checkout.conform("--database", "sqlite", "--cached")


def was_cached(ran: Ran) -> bool:
    """Whether the run says so, and each of its records does."""
    said = UNCHANGED in ran.output
    assert {each.get("cached", False) for each in ran.results()} == {said}
    return said


@pytest.fixture
def passed(checkout: Checkout) -> Checkout:
    """A checkout whose run has passed."""
    checkout.scenario("database", SYNCED)
    ran = run(checkout)
    assert (ran.exit, was_cached(ran)) == (0, False), ran.output
    return checkout


def test_cached__nothing_changed__is_not_run_again(passed: Checkout) -> None:
    """The same verdicts and counts; a gate runs it all the same."""
    ran = run(passed)
    assert (ran.exit, was_cached(ran)) == (0, True), ran.output
    assert ran.verdicts() == {"database is so": "pass"}
    (tally,) = ran.records[-1]["tallies"]
    assert (tally["declared"], tally["collected"], tally["executed"]) == (1, 1, 1)
    gate = passed.conform("--database", "sqlite", "--extent", "everyday", command="gate")
    assert (gate.exit, was_cached(gate)) == (0, False), gate.output


def _scenario(folder: Path) -> None:
    path = folder / "scenarios" / "database.feature"
    path.write_text(path.read_text() + "    And nothing else changed\n")


def _specification(folder: Path) -> None:
    (folder / "spec" / "errors.yaml").write_text("codes: {}\n")


@pytest.mark.parametrize("change", [_scenario, _specification])
def test_cached__anything_changed__is_run_again(
    passed: Checkout, change: Callable[[Path], None]
) -> None:
    """What a verdict depends on is part of its name."""
    change(passed.folder)
    assert not was_cached(run(passed))


def test_cached__finding__is_never_kept(checkout: Checkout) -> None:
    """What failed is asked again until it passes."""
    checkout.scenario("database", BAD)
    for _ in range(2):
        ran = run(checkout)
        assert (ran.exit, was_cached(ran)) == (1, False), ran.output

"""What an everyday run leaves out, and what it never does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conform.cases import Case, collect
from conform.miniature import Checkout
from conform.requirements import load
from conform.targets import DATABASE, Target

INIT = "Its own db init makes the database that db/ describes"
ROOT = Path(__file__).resolve().parents[2]


def test_applies__everyday_on_a_further_database__has_every_requirement_of_the_sql() -> None:
    """Fewer cases than on the first database, and no requirement less."""
    known = load(ROOT)
    first = Target(DATABASE, "sqlite", thorough=False)
    further = Target(DATABASE, "postgresql", first=False, thorough=False)
    cases = collect(ROOT / "scenarios", ROOT).cases
    on_first = [case for case in cases if first.applies(case, known)]
    on_further = [case for case in cases if further.applies(case, known)]
    assert 0 < len(on_further) < len(on_first)
    ids = {requirement for case in on_first for requirement in case.requirements}
    assert {requirement for case in on_further for requirement in case.requirements} == ids


def test_applies__any_database__leaves_no_requirement_out_on_further_ones() -> None:
    """A thorough run has fewer cases there than a whole one, and every requirement."""
    known = load(ROOT)
    cases = collect(ROOT / "scenarios", ROOT).cases
    thorough = Target("py", "postgresql", first=False, whole=False)
    run = [case for case in cases if thorough.applies(case, known)]
    whole = [case for case in cases if Target("py", "postgresql", first=False).applies(case, known)]
    assert 0 < len(run) < len(whole)
    assert _ids(run) == _ids(whole)
    first = Target("py", "sqlite", whole=False)
    assert all(first.applies(case, known) for case in whole if "postgresql" not in case.tags)


def _ids(cases: Iterable[Case]) -> set[str]:
    return {requirement for case in cases for requirement in case.requirements}


def test_run__everyday__leaves_out_what_is_long_and_says_so(checkout: Checkout) -> None:
    """One example of each outline, nothing that is marked thorough; --thorough runs it all."""
    checkout.implementation("import sys\nsys.exit(0 if '--version' in sys.argv else 1)")
    checkout.require("cli/it/is-so", "cli", checks=["cli.feature"])
    when = "When the command `--version` is run\n    Then the exit status is 0"
    checkout.feature(
        "cli.feature",
        "Feature: a\n  @cli/it/is-so\n  Scenario Outline: row\n"
        "    When the command `--version <row>` is run\n    Then the exit status is 0\n"
        "    Examples:\n      | row |\n      | 1 |\n      | 2 |\n      | 3 |\n"
        f"  @cli/it/is-so @thorough\n  Scenario: long\n    {when}\n",
    )
    everyday = checkout.conform("--impl", "impl/bad")
    assert everyday.verdicts().keys() == {"row [1]", INIT}
    assert "left out: 3 examples; --thorough runs every example" in everyday.output
    whole = checkout.conform("--impl", "impl/bad", "--thorough")
    assert whole.verdicts().keys() == {"row [1]", "row [2]", "row [3]", "long", INIT}
    assert whole.verdicts()["long"] == "pass"
    assert "left out" not in whole.output

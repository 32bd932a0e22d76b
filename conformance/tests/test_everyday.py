"""What an everyday run leaves out, and what it never does."""

from __future__ import annotations

from pathlib import Path

from conform.cases import collect
from conform.requirements import load
from conform.targets import DATABASE, Target

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

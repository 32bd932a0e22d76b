"""What takes long begins first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conform.cases import Case
from conform.scheduling import durations, longest_first


def case(line: int, scenario: str = "", tags: frozenset[str] = frozenset()) -> Case:
    """A case of one file."""
    return Case("a.feature", line, scenario or f"scenario {line}", (), ("cli/it/is-so",), tags)


def recorded(tmp_path: Path, *results: tuple[str, float]) -> Path:
    """The record of a run."""
    path = tmp_path / "run.ndjson"
    lines = [{"record": "run"}]
    lines += [{"record": "result", "case": key, "duration_seconds": s} for key, s in results]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_durations__case_of_two_targets__is_the_mean(tmp_path: Path) -> None:
    """One number a case, whatever the targets."""
    path = recorded(tmp_path, ("a.feature:1", 1.0), ("a.feature:1", 3.0), ("a.feature:2", 5.0))
    assert durations(path) == {"a.feature:1": 2.0, "a.feature:2": 5.0}


@pytest.mark.parametrize("text", [None, "", "{", "[]", "1\n", '{"record": "result"}'])
def test_durations__no_record_or_a_damaged_one__says_nothing(
    tmp_path: Path, text: str | None
) -> None:
    """A run never fails for what an earlier one left."""
    path = tmp_path / "run.ndjson"
    if text is not None:
        path.write_text(text)
    assert durations(path) == {}


def test_longest_first__known__is_what_was_measured() -> None:
    """Whatever their tags say."""
    cases = [case(1, tags=frozenset({"thorough"})), case(2), case(3, tags=frozenset({"shared"}))]
    found = longest_first(cases, {"a.feature:1": 1.0, "a.feature:2": 2.0, "a.feature:3": 3.0})
    assert [each.line for each in found] == [3, 2, 1]


def test_longest_first__unknown__is_what_the_tags_say() -> None:
    """Thorough ones wait, those that share a server do not."""
    cases = [case(1, tags=frozenset({"forges"})), case(2), case(3, tags=frozenset({"thorough"}))]
    assert [each.line for each in longest_first(cases, {})] == [3, 2, 1]


def test_longest_first__other_example_is_known__takes_as_long() -> None:
    """An everyday run tells how long the rows take that only a thorough run has."""
    cases = [case(1, tags=frozenset({"thorough"})), case(2, "rows"), case(3, "rows")]
    found = longest_first(cases, {"a.feature:2": 40.0})
    assert [each.line for each in found] == [2, 3, 1]

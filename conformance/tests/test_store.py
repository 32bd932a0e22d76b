"""Runs are kept, compared and followed, each command with its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from conform import cli
from conform.store.compare import BAD, differences, kind_of, side
from conform.verdicts import VERDICTS


def result(scenario: str, verdict: str, **changes: Any) -> dict[str, Any]:
    """One record of a run; the requirement has the name of the scenario."""
    return {
        "record": "result",
        "implementation": "py",
        "database": "sqlite",
        "case": "a/b.feature:3",
        "scenario": scenario,
        "requirements": [f"a/b/{scenario}"],
        "verdict": verdict,
        "duration_seconds": 1.0,
        "processor_seconds": 0.5,
        **({"message": "it is not so", "repro": "conform run --only x"} if verdict in BAD else {}),
        **changes,
    }


def written(path: Path, verdicts: Mapping[str, str], number: int = 1, *more: dict[str, Any]) -> str:
    """The record of a run, a result a scenario; its number is its id and its hour."""
    header = {
        "record": "run",
        "id": str(number) * 8,
        "started_at": f"2026-12-01T{number:02}:00:00.000Z",
        "commit": f"c{number}",
        "versions": {"py": "1"},
    }
    results = [result(name, verdict) for name, verdict in verdicts.items()]
    records = [header, *results, *more, {"record": "end", "exit": 0}]
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return str(path)


class Conform:
    """``conform`` in this process, in a folder of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Exit status and what was printed."""
        with patch.object(sys, "argv", ["conform", *arguments]), pytest.raises(SystemExit) as end:
            cli.main()
            raise SystemExit(0)
        said = self._capsys.readouterr()
        return (int(end.value.code or 0), said.out + said.err)

    def json(self, *arguments: str) -> tuple[int, Any]:
        """Exit status and the document that was printed."""
        status, said = self(*arguments, "--json")
        return status, json.loads(said)


@pytest.fixture
def conform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Conform:
    """The command, where a store of its own is made."""
    monkeypatch.chdir(tmp_path)
    return Conform(capsys)


def test_kind_of__each_pair__is_worse_exactly_when_something_held_before() -> None:
    """Failing, and not being asked any more, are worse; everything else is not."""
    judged = set(VERDICTS) - {"not-applicable"}
    for before in judged - BAD:
        assert {kind_of(before, after) for after in BAD} == {"regressed"}
        assert kind_of(before, "absent") == kind_of(before, "not-applicable") == "lost"
        assert {kind_of(after, before) for after in BAD} == {"fixed"}
        assert kind_of("absent", before) == "gained"
    assert kind_of("absent", "fail") == "regressed"
    assert kind_of("pass", "pass") is None
    assert kind_of("absent", "not-applicable") is None


def test_diff__worse_and_better__says_which_and_ends_with_1(conform: Conform) -> None:
    """The regression comes first, with the message and the command that repeats it."""
    old = written(Path("old"), {"one": "pass", "two": "fail", "three": "pass"})
    new = written(Path("new"), {"one": "fail", "two": "pass", "three": "pass"}, 2)
    status, said = conform("diff", old, new)
    assert status == 1
    assert said.splitlines() == [
        "regressed py on sqlite: one  (a/b.feature)",
        "          pass -> fail: a/b/one",
        "          it is not so",
        "          again: conform run --only x",
        "fixed     py on sqlite: two  (a/b.feature)",
        "          fail -> pass: a/b/two",
        "1 regressed, 1 fixed",
    ]
    status, document = conform.json("diff", new, old)
    assert (status, document["worse"]) == (1, True)
    assert [each["kind"] for each in document["differences"]] == ["regressed", "fixed"]


def test_diff__scenario_that_moved__is_the_same(conform: Conform) -> None:
    """A case is known by its file and name; lines move with every edit."""
    old = written(Path("old"), {}, 1, result("one", "pass", case="a.feature:3"))
    new = written(Path("new"), {}, 2, result("one", "pass", case="a.feature:9"))
    assert conform("diff", old, new) == (0, "no difference\n")


def test_diff__what_is_not_asked_any_more__is_worse(conform: Conform) -> None:
    """A scenario that vanished is no success, unless only what both ran counts."""
    old = written(Path("old"), {"one": "pass", "two": "pass"})
    new = written(Path("new"), {"one": "pass"}, 2)
    status, said = conform("diff", old, new)
    assert (status, said.splitlines()[-1]) == (1, "1 lost")
    assert conform("diff", old, new, "--common") == (0, "no difference\n")


def test_diff__two_columns_of_a_run__are_compared(conform: Conform) -> None:
    """Implementation against implementation, database against database."""
    other = [
        result("one", "fail", implementation="go"),
        result("one", "pass", database="postgresql"),
    ]
    run = written(Path("run"), {"one": "pass"}, 1, *other)
    status, document = conform.json("diff", f"{run}#py@sqlite", f"{run}#go@sqlite")
    assert status == 1
    assert [each["kind"] for each in document["differences"]] == ["regressed"]
    assert conform("diff", f"{run}#@sqlite", f"{run}#@postgresql", "--common")[0] == 0


@pytest.mark.parametrize("name", ["nothing", "run#go", "store-run"])
def test_diff__nothing_to_compare__is_exit_2(conform: Conform, name: str) -> None:
    """One line says why."""
    written(Path("run"), {"one": "pass"})
    status, said = conform("diff", "run", name)
    assert status == 2
    assert said.startswith(f"conform: {name}: ") and said.count("\n") == 1


def test_store__run_that_is_kept__is_not_kept_twice(conform: Conform) -> None:
    """Whoever adds a record again changes nothing."""
    run = written(Path("run"), {"one": "pass", "two": "fail"})
    assert "kept: 2 results" in conform("store", "add", run)[1]
    assert "was kept before" in conform("store", "add", run)[1]
    status, kept = conform.json("store", "list")
    assert status == 0
    assert [(each["id"], each["results"], each["columns"]) for each in kept] == [
        ("11111111", 2, ["py on sqlite"])
    ]


def test_store__runs__are_found_by_name(conform: Conform) -> None:
    """By their place, and by how their id or commit begins."""
    conform("store", "add", written(Path("old"), {"one": "pass"}))
    conform("store", "add", written(Path("new"), {"one": "fail"}, 2))
    for old, new in (("previous", "last"), ("1111", "222"), ("c1", "c2")):
        assert conform("diff", old, new)[0] == 1
        assert conform("diff", new, old)[0] == 0
    status, said = conform("diff", "c1", "c3")
    assert (status, "conform store list" in said) == (2, True)


def test_store__file_of_something_else__is_exit_2(conform: Conform) -> None:
    """Neither a store nor a record of a run is taken for one."""
    Path("other").write_text("hello")
    run = written(Path("run"), {"one": "pass"})
    assert conform("store", "add", run, "--store", "other")[0] == 2
    assert conform("store", "add", "other")[0] == 2
    assert conform("trend")[0] == 2


def test_trend__newest_run_is_worse__ends_with_1(conform: Conform) -> None:
    """The requirement and both verdicts are named, and the runs with their counts."""
    for number, verdict in enumerate(("fail", "pass", "fail"), 1):
        conform("store", "add", written(Path("run"), {"one": verdict, "two": "pass"}, number))
    status, (line,) = conform.json("trend")
    assert status == 1
    assert [(each["passed"], each["failed"]) for each in line["runs"]] == [(1, 1), (2, 0), (1, 1)]
    assert line["changes"] == [{"requirement": "a/b/one", "before": "pass", "after": "fail"}]
    assert conform("trend", "--requirement", "a/b/two")[0] == 0
    assert conform("trend", "--requirement", "nothing")[0] == 2
    assert "a/b/one: pass -> fail" in conform("trend")[1]


def test_trend__runs_of_a_selection__make_nothing_worse(conform: Conform) -> None:
    """What only one of two runs was asked about did not change."""
    conform("store", "add", written(Path("run"), {"one": "pass", "two": "pass"}))
    conform("store", "add", written(Path("run"), {"one": "pass"}, 2))
    assert conform("trend")[0] == 0


def test_differences__worst_comes_first() -> None:
    """Whoever reads the beginning has read what matters."""
    names = {"a": "pass", "b": "fail", "c": "pass", "d": "pass"}
    after = {"a": "warn", "b": "pass", "c": "fail", "e": "pass"}
    sides = [side("x", [result(n, v) for n, v in of.items()]) for of in (names, after)]
    found = [each.kind for each in differences(*sides)]
    assert found == ["regressed", "lost", "changed", "fixed", "gained"]

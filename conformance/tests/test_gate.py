"""The gate and its baseline: what is known passes, and nothing that is known rots."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from conform import cli
from conform.gate.baseline import complaints, rewritten
from conform.gate.entries import Entry, read, write
from conform.miniature import Checkout, Ran
from conform.report.source import Account, account_of
from conform.verdicts import SetupError

ISSUE = "https://example.org/issues/1"
TODAY = date(2026, 12, 1)
LATER = date(2027, 1, 31)
SYNCED = "Given the usual registry\nWhen the usual registry is synced again\n"


def result(verdict: str, **changes: Any) -> dict[str, Any]:
    """One record."""
    return {
        "record": "result",
        "implementation": "go",
        "database": "sqlite",
        "case": "a/b.feature:7",
        "scenario": "One [x*]",
        "requirements": ["a/b/c"],
        "verdict": verdict,
        "message": "it is not so",
        "repro": "conform run --only x",
        **changes,
    }


def entry(**changes: Any) -> Entry:
    """The entry that excuses ``result("fail")``."""
    values: dict[str, Any] = {
        "implementation": "go",
        "requirement": "a/b/c",
        "check": "a/b.feature: One [[]x[*]]",
        "issue": ISSUE,
        "expires": LATER,
        **changes,
    }
    return Entry(**values)


def account(*verdicts: str) -> Account:
    """A run with these results of one scenario."""
    return account_of([result(each) for each in verdicts])


@pytest.mark.parametrize(
    ("verdict", "changes", "kinds"),
    [
        ("fail", {}, []),
        ("untestable", {}, []),
        ("flaky", {}, []),
        ("fail", {"database": "sqlite"}, []),
        ("fail", {"check": "*"}, []),
        ("pass", {}, ["stale"]),
        ("warn", {}, ["stale"]),
        ("not-applicable", {}, ["unmatched"]),
        ("fail", {"expires": TODAY}, []),
        ("fail", {"expires": date(2026, 11, 30)}, ["expired"]),
        ("fail", {"implementation": "rust"}, ["new", "unmatched"]),
        ("fail", {"database": "postgresql"}, ["new", "unmatched"]),
        ("fail", {"requirement": "a/b/d"}, ["new", "unmatched"]),
        ("fail", {"check": "a/b.feature: Two"}, ["new", "unmatched"]),
        ("harness-error", {}, ["stale"]),
    ],
)
def test_complaints__entry_and_result__agree(
    verdict: str, changes: dict[str, Any], kinds: list[str]
) -> None:
    """An entry excuses its own finding until its day, and nothing else."""
    found = complaints(account(verdict), [entry(**changes)], TODAY)
    assert [each.kind for each in found] == kinds


def test_complaints__each_requirement_of_a_finding__needs_an_entry() -> None:
    """A scenario that checks two requirements is excused for each of them or not at all."""
    both = account_of([result("fail", requirements=["a/b/c", "a/b/d"])])
    (found,) = complaints(both, [entry()], TODAY)
    assert (found.kind, found.requirement, found.repro) == ("new", "a/b/d", "conform run --only x")


def test_rewritten__what_still_fails__keeps_its_issue() -> None:
    """Known findings stay as they are, new ones are added, what holds is dropped."""
    old = [entry(reason="old"), entry(check="a/b.feature: Gone")]
    run = account_of([result("fail"), result("fail", scenario="Two"), result("pass", scenario="3")])
    new = rewritten(run, old, "https://example.org/2", TODAY, "")
    assert [(each.check, each.issue) for each in new] == [
        ("a/b.feature: One [[]x[*]]", ISSUE),
        ("a/b.feature: Two", "https://example.org/2"),
    ]
    assert complaints(run, new, TODAY) == []


def test_read__what_was_written__is_the_same(tmp_path: Path) -> None:
    """With the line of each entry."""
    path = tmp_path / "baseline.yaml"
    write(path, [entry(), entry(database="sqlite", reason="known: since 'then'")])
    found = read(path)
    lines = path.read_text().splitlines()
    assert [lines[each.line - 1] for each in found] == ["- implementation: go"] * 2
    assert [each.as_mapping() for each in found] == [
        entry().as_mapping(),
        entry(database="sqlite", reason="known: since 'then'").as_mapping(),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- x\n", ":1: a mapping with a list of findings is needed"),
        ("findings: [x]\n", ":1: a mapping is needed"),
        ("findings:\n- {a: b}\n", ":2: 'implementation' is missing"),
        ("findings:\n- {expires: soon}\n", "'expires' is no day like 2027-01-31"),
        ("findings:\n- {issue: todo}\n", "'issue' is no link"),
        ("findings: {\n", "baseline.yaml: "),
    ],
)
def test_read__broken_file__says_where(tmp_path: Path, text: str, said: str) -> None:
    """One line with the place; an entry without link or day is none."""
    path = tmp_path / "baseline.yaml"
    path.write_text(text)
    with pytest.raises(SetupError) as caught:
        read(path)
    assert said in str(caught.value)
    assert str(caught.value).count("\n") == 0


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def conform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """``conform`` in this process, with the record of a run beside it."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        with patch.object(sys, "argv", ["conform", *arguments]), pytest.raises(SystemExit) as end:
            cli.main()
            raise SystemExit(0)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out + said.err

    return command


def recorded(*results: dict[str, Any]) -> str:
    """The path of the record of a run."""
    Path("run").write_text("".join(json.dumps(each) + "\n" for each in results))
    return "run"


def test_baseline__written_and_checked__goes_from_1_to_0(conform: Command) -> None:
    """A finding is new, then known, then its entry is stale."""
    bad = recorded(result("fail"))
    Path("baseline.yaml").write_text("findings: []\n")
    status, said = conform("baseline", "check", bad)
    assert status == 1
    assert said == (
        "new: go on sqlite: a/b/c: a/b.feature: One [x*]: it is not so; "
        "again: conform run --only x\n"
    )
    status, said = conform("baseline", "write", bad, "--issue", ISSUE, "--expires", "2999-12-31")
    assert (status, said) == (0, "baseline.yaml: 0 kept, 1 new, 0 dropped\n")
    assert conform("baseline", "check", bad) == (0, "")
    good = recorded(result("pass"))
    status, said = conform("baseline", "check", good)
    assert status == 1
    assert said.startswith("baseline.yaml:4: stale: go on sqlite: a/b/c: ")
    status, said = conform("baseline", "check", good, "--json")
    assert (status, json.loads(said)[0]["kind"]) == (1, "stale")


def test_baseline__run_that_says_nothing__is_exit_2(conform: Command) -> None:
    """No finding is taken from a run whose suite was wrong, and none is called known."""
    bad = recorded(result("fail"), {"record": "problem", "text": "lost"})
    status, said = conform("baseline", "write", bad, "--issue", ISSUE, "--expires", "2999-12-31")
    assert (status, said.count("\n")) == (2, 1)
    assert not Path("baseline.yaml").exists()
    assert conform("baseline", "check", bad)[0] == 2
    assert conform("baseline", "write", bad, "--issue", ISSUE)[0] == 2


def gate(checkout: Checkout, *arguments: str) -> Ran:
    """Run the gate on SQLite."""
    return checkout.conform(
        "--database", "sqlite", "--extent", "everyday", *arguments, command="gate"
    )


def test_gate__everything_holds__is_open(checkout: Checkout) -> None:
    """Exit 0, and the answer is in gate.json, the summary and the store."""
    checkout.scenario("database", SYNCED + "Then nothing changed")
    ran = gate(checkout, "--summary", "page.md", "--store", "runs.duckdb")
    assert ran.exit == 0, ran.output
    assert ran.output.splitlines()[-1] == "gate: open"
    answer = json.loads((checkout.folder / "reports" / "gate.json").read_text())
    assert (answer["open"], answer["exit"], answer["complaints"]) == (True, 0, [])
    assert (checkout.folder / "page.md").read_text().startswith("**gate: open**")
    assert (checkout.folder / "runs.duckdb").exists()


def test_gate__finding__closes_it_until_it_is_known(checkout: Checkout) -> None:
    """Exit 1 for what is new, 0 for what is in the baseline."""
    steps = SYNCED + "Then exactly these changed:\n| table | added |\n| tb_event | 1 |"
    checkout.scenario("database", steps)
    ran = gate(checkout)
    assert ran.exit == 1, ran.output
    assert ran.output.splitlines()[-1] == "gate: closed: 1 new"
    assert "new: " not in ran.output
    known = entry(
        implementation="database",
        requirement="database/database/is-so",
        check="database.feature: database is so",
        expires=date(2999, 12, 31),
    )
    write(checkout.folder / "known.yaml", [known])
    ran = gate(checkout, "--baseline", "known.yaml")
    assert ran.exit == 0, ran.output
    assert ran.output.splitlines()[-1] == "gate: open; known findings: 1"
    write(checkout.folder / "known.yaml", [])
    ran = gate(checkout, "--baseline", "known.yaml")
    assert ran.exit == 1, ran.output
    assert "\nnew: database on sqlite: database/database/is-so: database.feature: " in ran.output


def test_gate__suite_that_is_wrong__is_exit_2(checkout: Checkout) -> None:
    """A step that nobody knows, a claim that nobody holds, a scenario without a Then."""
    checkout.scenario("database", "When nobody knows\nThen nothing changed")
    assert gate(checkout).exit == 2
    claims = checkout.folder / "spec" / "claims.yaml"
    claims.write_text("PRD:\n- anchor: x\n  claims:\n  - {claim: It is so.}\n")
    ran = gate(checkout)
    assert (ran.exit, ran.records) == (2, [])
    answer = json.loads((checkout.folder / "reports" / "gate.json").read_text())
    assert answer["problems"] == [
        'spec/claims.yaml:4: "It is so." has neither requirements nor a reason: write by or reason'
    ]
    claims.unlink()
    checkout.feature("database.feature", "Feature: x\n")
    ran = gate(checkout)
    assert (ran.exit, ran.records) == (2, [])


def test_gate__missing_tool__closes_it_only_when_all_is_required(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out is a line without --require-all, and exit 2 with it."""
    monkeypatch.delenv("FRAISIER_LAB_DOCKER", raising=False)
    checkout.scenario("database", SYNCED + "Then nothing changed")
    checkout.scenario("database", SYNCED + "Then nothing changed", "lab", tags="@lab-docker")
    ran = gate(checkout)
    assert (ran.exit, "left out: 1 cases need the lab" in ran.output) == (0, True), ran.output
    ran = gate(checkout, "--require-all")
    assert ran.exit == 2, ran.output


@pytest.mark.parametrize("arguments", [["--extent", "some"], ["--baseline", "nothing.yaml"]])
def test_gate__wrong_set_up__is_one_line(checkout: Checkout, arguments: list[str]) -> None:
    """Nothing is run."""
    checkout.scenario("database", SYNCED + "Then nothing changed")
    ran = gate(checkout, *arguments)
    assert (ran.exit, ran.records, ran.output.count("\n")) == (2, [], 1)

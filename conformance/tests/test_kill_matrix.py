"""What is kept of runs of the self-test, and the page that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from conform.places import checkout
from conform.selftest.faults import load
from conform.selftest.matrix import kept, take
from conform.selftest.matrix_page import page

ROOT = checkout()
FILE = "impl/py/src/fraisier/operations/record_webhook.py"
BREAKS = "webhook/github/missing-signature-is-rejected"
FAULT = {
    "fault": "a | in its name",
    "breaks": BREAKS,
    "file": FILE,
    "find": (ROOT / FILE).read_text().splitlines()[0],
    "replace": '"""Nothing is different here."""',
}
HEAD = {"record": "run", "date": "2026-01-02", "commit": "abc1234"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with one fault."""
    for name in ("spec", "impl", "db"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "conformance" / "faults").mkdir(parents=True)
    text = yaml.safe_dump({"faults": [FAULT]})
    (tmp_path / "conformance" / "faults" / "some.yaml").write_text(text)
    return tmp_path


def outcome(folder: Path, **changes: Any) -> dict[str, Any]:
    """What a run reports about the fault."""
    fault = load(folder)[0]
    about = {"record": "fault", "fault": fault.name, "breaks": fault.breaks}
    found = {"caught_by": "a.feature:1", "early": False, "left_out": False}
    spent = {"digest": fault.digest, "processor_seconds": 1.5}
    return {**about, **found, **spent, **changes}


def taken(folder: Path, *records: dict[str, Any], head: dict[str, Any] = HEAD) -> None:
    """Take a report with these records."""
    report = folder / "report.ndjson"
    report.write_text("".join(f"{json.dumps(each)}\n" for each in (head, *records)))
    take(folder, [report])


def test_take__outcome__is_kept_with_its_day_and_commit(folder: Path) -> None:
    """And replaces the one before."""
    taken(folder, outcome(folder, caught_by=None))
    taken(folder, outcome(folder))
    (record,) = kept(folder).values()
    assert (record["caught_by"], record["date"], record["commit"]) == (
        "a.feature:1",
        "2026-01-02",
        "abc1234",
    )


def test_take__what_was_left_out__replaces_nothing(folder: Path) -> None:
    """A run without the lab does not know better than one in it."""
    taken(folder, outcome(folder))
    taken(folder, outcome(folder, caught_by=None, left_out=True))
    (record,) = kept(folder).values()
    assert record["caught_by"] == "a.feature:1"


def test_take__fault_that_is_no_more__is_dropped(folder: Path) -> None:
    """What is kept is about the faults that there are."""
    taken(folder, outcome(folder), outcome(folder, fault="another"))
    assert [each["fault"] for each in kept(folder).values()] == [FAULT["fault"]]


def test_take__mutants__are_counted(folder: Path) -> None:
    """By their outcomes, for one database."""
    mutants = [{"record": "mutant", "outcome": each} for each in ("killed", "killed", "survived")]
    taken(folder, *mutants, {"record": "end"}, head={**HEAD, "database": "sqlite"})
    (record,) = kept(folder).values()
    assert (record["killed"], record["survived"], record["not_installed"]) == (2, 1, 0)
    assert "| sqlite | 3 | 2 | 1 |" in page(folder)


def test_take__implementation__is_shown_with_what_found_it_out(folder: Path) -> None:
    """Only the first of the cases."""
    found = {"by": ["a.feature:1", "a.feature:2"], "breaks": "x", "what": "y", "good": True}
    taken(folder, {"record": "implementation", "implementation": "echo", **found})
    assert "| echo | everybody's own words |" in page(folder)
    assert "| a.feature:1 |" in page(folder)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "a.feature:1"),
        ({"early": True}, "a.feature:1 (while it was prepared)"),
        ({"caught_by": None}, "**unnoticed**"),
        ({"digest": "another"}, "changed since"),
        ({"fault": "another"}, "not run yet"),
    ],
)
def test_page__outcome__is_told(folder: Path, changes: dict[str, Any], shown: str) -> None:
    """One row a fault, whatever is known of it."""
    taken(folder, outcome(folder, **changes))
    row = f"| {BREAKS} | a \\| in its name | {shown} |"
    assert row in page(folder).splitlines()


def test_page__reason__is_shown(folder: Path) -> None:
    """Beside the faults, why some have none."""
    why = {"reasons": [{"requirements": ["webhook/other"], "why": "needs a telephone"}]}
    (folder / "conformance" / "faults" / "reasons.yaml").write_text(yaml.safe_dump(why))
    assert "| webhook/other | needs a telephone |" in page(folder)

"""Every report is derived from the NDJSON, and none hides a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conform.report import files, html, junit, summary
from conform.report.source import Account, account_of, exit_status, read
from conform.verdicts import VERDICTS, SetupError

HOSTILE = "<script>alert('x')</script> \x1b[31m & \x00"


def result(verdict: str, **changes: Any) -> dict[str, Any]:
    """One record."""
    return {
        "record": "result",
        "implementation": "py",
        "database": "sqlite",
        "case": f"a.feature:{VERDICTS.index(verdict) + 1}",
        "scenario": f"It is {verdict}",
        "requirements": ["a/b/c"],
        "verdict": verdict,
        "duration_seconds": 0.1,
        **changes,
    }


def one_of_each() -> Account:
    """An account with every verdict."""
    shown = {"message": HOSTILE, "repro": "conform run", "exchange": [{"stdout": HOSTILE}]}
    results = [result(each, **({} if each == "pass" else shown)) for each in VERDICTS]
    return account_of([{"record": "run", "versions": {}, "started_at": "now"}, *results])


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["pass"], 0),
        (["pass", "warn", "flaky", "not-applicable"], 0),
        (["pass", "fail"], 1),
        (["pass", "untestable"], 1),
        (["fail", "harness-error"], 2),
    ],
)
def test_exit_status__verdicts__decide(verdicts: list[str], status: int) -> None:
    """0 as expected, 1 findings, 2 the suite is wrong."""
    assert exit_status(account_of([result(each) for each in verdicts])) == status


def test_exit_status__problem__is_2() -> None:
    """A run that lost cases says nothing about anybody."""
    records = [result("pass"), {"record": "problem", "text": "lost"}]
    assert exit_status(account_of(records)) == 2


def test_junit__every_verdict__is_well_formed() -> None:
    """Text that XML cannot hold does not break the file, and the counts are right."""
    suite = ElementTree.fromstring(junit.render(one_of_each()))[0]
    assert suite.attrib | {"name": ""} == {
        "name": "",
        "tests": "7",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }


def test_html__hostile_output__is_text() -> None:
    """Nothing that an implementation prints becomes markup, and nothing is fetched."""
    page = html.render(one_of_each())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "http://" not in page
    assert "https://" not in page


def test_summary__worst_verdict__is_the_requirements() -> None:
    """One failing case makes its requirement fail, whatever passed beside it."""
    account = account_of([result("pass"), result("fail"), result("warn")])
    assert json.loads(summary.render(account))["requirements"] == {
        "a/b/c": {"py on sqlite": "fail"}
    }


def test_read__what_was_written__is_the_same(tmp_path: Path) -> None:
    """The NDJSON alone gives all other reports again."""
    account = one_of_each()
    source = tmp_path / files.SOURCE
    records = [account.header, *account.results]
    source.write_text("".join(json.dumps(each) + "\n" for each in records))
    assert read(source).results == account.results
    written = files.derive(read(source), tmp_path / "out")
    assert [each.name for each in written] == ["junit.xml", "summary.json", "matrix.html"]


def test_read__no_record__is_one_line(tmp_path: Path) -> None:
    """A file that is something else is said to be."""
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(SetupError, match="no record of a run"):
        read(tmp_path / "x")

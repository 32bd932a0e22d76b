"""Every report is derived from the NDJSON, and none hides a finding."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conform.redaction import redacted
from conform.report import badge, files, html, junit, markdown, summary, terminal
from conform.report.source import Account, Ledger, account_of, exit_status, read
from conform.verdicts import VERDICTS, SetupError
from rich.console import Console

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


class Page(HTMLParser):
    """What a page fetches, and whether its elements are closed in their order."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.seen: set[str] = set()
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what would be fetched."""
        self.seen.add(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "action")]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Elements end in their order."""
        assert self._open.pop() == tag


def test_html__hostile_output__is_text() -> None:
    """Nothing that an implementation prints becomes markup."""
    page = html.render(one_of_each())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_html__page__needs_nothing_else() -> None:
    """One well-formed file: no script, style, font or image comes from elsewhere."""
    text = html.render(one_of_each())
    page = Page(text)
    assert page.fetched == []
    assert page.seen.isdisjoint({"link", "img", "iframe", "base"})
    assert not any(each in text for each in ("http://", "https://", "@import", "url("))


SECRETS = (
    "postgresql://shop:hunter22@127.0.0.1/x",
    '{"Authorization": "Bearer hunter22hunter22"}',
    "webhook_secret: hunter22hunter22",
    '"control_token": "hunter22-hunter22"',
    "a-secret-of-the-suite",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_reports__secret__is_in_none(tmp_path: Path, secret: str) -> None:
    """Wherever an implementation said it: message, step, exchange, problem."""
    told = {"message": secret, "exchange": [{"command": ["x", secret], "stdout": f"a {secret} b"}]}
    records = [result("fail", **told), {"record": "problem", "text": secret}]
    ledger = Ledger(tmp_path / files.SOURCE)
    for each in records:
        ledger.write(each)
    ledger.close()
    account = account_of(records)
    written = [tmp_path / files.SOURCE, *files.derive(account, tmp_path)]
    shown = io.StringIO()
    terminal.show(account, Console(file=shown))
    texts = [path.read_text() for path in written if path.is_file()]
    for text in (*texts, shown.getvalue()):
        assert "hunter22" not in text
        assert "a-secret-of-the-suite" not in text
        assert "***" in text


@pytest.mark.parametrize("text", ["code missing-signature", "http://127.0.0.1:80/?q=a@b", "token"])
def test_redacted__no_secret__stays(text: str) -> None:
    """What only speaks of secrets can still be read."""
    assert redacted([text]) == [text]


@pytest.mark.parametrize("width", [80, 110])
def test_terminal__every_verdict__fits_the_width(width: int) -> None:
    """No line of the table is cut or broken, whatever it counts."""
    many = [each for each in one_of_each().results for _ in range(150)]
    shown = io.StringIO()
    account = account_of([{**each, "database": "postgresql"} for each in many])
    terminal.show(account, Console(file=shown, width=width))
    table = shown.getvalue().partition("Conformance")[2]
    row = next(line for line in table.splitlines() if "py on postgresql" in line)
    assert re.findall(r"\d+", row) == ["150"] * len(VERDICTS) + ["1"]
    assert all(len(line) <= width and "…" not in line for line in table.splitlines())


def test_terminal__finding__says_how_to_repeat_it() -> None:
    """The command is one line that can be copied, however narrow the terminal is."""
    repro = f"conform run --impl {'x' * 90} --only 'a.feature:1'"
    shown = io.StringIO()
    terminal.show(account_of([result("fail", repro=repro)]), Console(file=shown, width=40))
    assert f"again: {repro}\n" in shown.getvalue()


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
    names = ["junit.xml", "summary.json", "summary.md", "matrix.html", "badges"]
    assert [each.name for each in written] == names


def test_read__no_record__is_one_line(tmp_path: Path) -> None:
    """A file that is something else is said to be."""
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(SetupError, match="no record of a run"):
        read(tmp_path / "x")


def test_markdown__every_verdict__is_a_table_and_the_findings() -> None:
    """The page of a CI job: counts, what went wrong, and how to repeat it."""
    text = markdown.render(one_of_each())
    head, _, row, *_ = [line for line in text.splitlines() if line.startswith("|")]
    assert head == "| implementation | version | database | " + " | ".join(VERDICTS) + " |"
    assert row == "| py |  | sqlite | " + " | ".join("1" for _ in VERDICTS) + " |"
    assert text.count("<details>") == len(VERDICTS) - 2
    assert "    conform run" in text


def test_markdown__hostile_output__is_text() -> None:
    """What an implementation prints is neither HTML nor a heading of the page."""
    hostile = "```\n# heading\n<img src=x onerror=y>\n</details>"
    text = markdown.render(account_of([result("fail", scenario=hostile, message=hostile)]))
    outside = [line for line in text.splitlines() if not line.startswith("    ")]
    assert not any("<img" in line or line.startswith("# heading") for line in outside)
    assert sum(line == "</details>" for line in outside) == 1
    named = markdown.render(account_of([result("fail", scenario="One [1, 2]")]))
    assert "</code> py on sqlite: One [1, 2]</summary>" in named


def test_markdown__no_result__says_that_it_says_nothing() -> None:
    """A run that could not begin is not a good one."""
    text = markdown.render(account_of([{"record": "problem", "text": "no database"}]))
    assert "this run says nothing" in text
    assert "- no database" in text


@pytest.mark.parametrize(
    ("verdicts", "message", "colour"),
    [
        (["pass", "warn"], "2 of 2 requirements", "green"),
        (["pass", "fail", "not-applicable"], "1 of 2 requirements", "red"),
        (["harness-error"], "0 of 1 requirements", "red"),
        (["not-applicable"], "0 of 0 requirements", "grey"),
    ],
)
def test_badges__verdicts__are_counted(verdicts: list[str], message: str, colour: str) -> None:
    """A badge carries counts; green is only what holds completely."""
    results = [result(each, requirements=[f"a/b/{each}"]) for each in verdicts]
    (found,) = badge.badges(account_of(results))
    assert (found.message, found.colour) == (message, colour)
    assert json.loads(found.as_json())["color"] == colour
    picture = ElementTree.fromstring(found.as_svg())
    assert [each.text for each in picture.iter() if each.tag.endswith("}text")] == [
        "Fraisier: py on sqlite",
        message,
    ]


def test_derive__earlier_badges__are_gone(tmp_path: Path) -> None:
    """A column that is not in this run has no badge of it."""
    files.derive(account_of([result("pass", database="postgresql")]), tmp_path)
    files.derive(account_of([result("pass")]), tmp_path)
    names = sorted(path.name for path in (tmp_path / "badges").iterdir())
    assert names == ["py-sqlite.json", "py-sqlite.svg"]

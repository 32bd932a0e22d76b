"""A run as Markdown, for the summary page of a CI job."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from conform import verdicts
from conform.report.source import Account, Record, exit_status

MOST_FINDINGS = 20
SENTENCES = {
    0: "Every requirement that was asked about holds.",
    1: "Requirements do not hold.",
    2: "**The suite or its set-up is wrong: this run says nothing.**",
}


def render(account: Account) -> str:
    """Counts by column, problems, and the first findings with the command that repeats each."""
    return "\n".join(_lines(account)) + "\n"


def _lines(account: Account) -> Iterator[str]:
    yield "## Fraisier conformance"
    yield ""
    yield SENTENCES[exit_status(account)]
    yield ""
    yield from _table(account)
    for problem in account.problems:
        yield f"- {_inline(problem)}"
    findings = account.findings()
    for finding in findings[:MOST_FINDINGS]:
        yield from _finding(finding)
    if len(findings) > MOST_FINDINGS:
        yield f"... and {len(findings) - MOST_FINDINGS} more in the reports"


def _table(account: Account) -> Iterator[str]:
    shown = [each for each in verdicts.VERDICTS if account.counts()[each]]
    if not shown:
        return
    yield "| implementation | version | database | " + " | ".join(shown) + " |"
    yield "|---|---|---|" + "---:|" * len(shown)
    versions: dict[str, str] = account.header.get("versions") or {}
    for column in account.columns():
        counts = account.counts(column)
        cells = [column[0], versions.get(column[0], ""), column[1]]
        cells += [str(counts[each] or "") for each in shown]
        yield "| " + " | ".join(_inline(each) for each in cells) + " |"
    yield ""


def _finding(finding: Record) -> Iterator[str]:
    title = f"{finding['implementation']} on {finding['database']}: {finding['scenario']}"
    head = f"<code>{finding['verdict']}</code> {escape(' '.join(title.split()))}"
    yield f"<details><summary>{head}</summary>"
    yield ""
    yield f"{' '.join(f'`{each}`' for each in finding['requirements'])} in `{finding['case']}`"
    for label in ("step", "message", "deviation", "repro"):
        if finding.get(label):
            yield from ("", f"{label}:", "", *_block(str(finding[label])))
    yield from ("", "</details>", "")


def _block(text: str) -> list[str]:
    """As it is, whatever it holds: indented, so that no fence of its own can end it."""
    return [f"    {line}" for line in text.splitlines()[:12]]


def _inline(text: str) -> str:
    """Without what Markdown or HTML would read as its own."""
    text = " ".join(text.split())
    for mark in "\\`*_[]|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("&", "&amp;").replace("<", "&lt;")

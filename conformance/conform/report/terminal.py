"""What a run prints: one line a column, the findings, and how to repeat each."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conform import verdicts
from conform.report.source import Account, Record

MOST_FINDINGS = 40
WIDE = 100
SHORT = {verdicts.NOT_APPLICABLE: "n/a", verdicts.HARNESS_ERROR: "harness"}
ALWAYS = (verdicts.PASS, verdicts.FAIL)
STYLES = {
    verdicts.PASS: "green",
    verdicts.FAIL: "red",
    verdicts.UNTESTABLE: "red",
    verdicts.HARNESS_ERROR: "magenta",
    verdicts.WARN: "yellow",
    verdicts.FLAKY: "yellow",
    verdicts.NOT_APPLICABLE: "dim",
}


def show(account: Account, console: Console) -> None:
    """Print the whole account."""
    for finding in account.findings()[:MOST_FINDINGS]:
        _show_finding(finding, console)
    left = len(account.findings()) - MOST_FINDINGS
    if left > 0:
        console.print(f"... and {left} more in the reports")
    console.print(_table(account, console.width))
    for problem in account.problems:
        console.print(f"[magenta]error[/] {escape(problem)}", soft_wrap=True)


def _show_finding(finding: Record, console: Console) -> None:
    verdict = finding["verdict"]
    column = f"{finding['implementation']} on {finding['database']}"
    title = f"{column}: {finding['scenario']}  ({finding['case']})"
    console.print(f"[{STYLES[verdict]}]{verdict}[/] {escape(title)}", soft_wrap=True)
    for label in ("step", "message", "deviation"):
        if finding.get(label):
            text = "\n    ".join(str(finding[label]).splitlines()[:12])
            console.print(f"  [dim]{label}:[/] {escape(text)}", soft_wrap=True)
    if finding.get("repro"):
        console.print(f"  [dim]again:[/] {escape(finding['repro'])}", soft_wrap=True)


def _table(account: Account, width: int) -> Table:
    frame, edges = (box.HEAVY_HEAD, True) if width >= WIDE else (box.SIMPLE_HEAD, False)
    table = Table(title="Conformance", title_justify="left", box=frame, show_edge=edges)
    table.padding = (0, 1) if edges else (0, 0)
    table.add_column("implementation", overflow="fold")
    shown = [v for v in verdicts.VERDICTS if v in ALWAYS or account.counts()[v]]
    for verdict in shown:
        table.add_column(SHORT.get(verdict, verdict), justify="right", no_wrap=True)
    table.add_column("requirements", justify="right", no_wrap=True)
    for column in account.columns():
        counts = account.counts(column)
        cells = (_count(counts[verdict], verdict) for verdict in shown)
        table.add_row(" on ".join(column), *cells, str(len(_requirements(account, column))))
    return table


def _count(number: int, verdict: str) -> str:
    return f"[{STYLES[verdict]}]{number}[/]" if number else "[dim]-[/]"


def _requirements(account: Account, column: tuple[str, str]) -> set[str]:
    return {
        requirement
        for each in account.results
        if (each["implementation"], each["database"]) == column
        and each["verdict"] != verdicts.NOT_APPLICABLE
        for requirement in each["requirements"]
    }

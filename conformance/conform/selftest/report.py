"""What a self-test leaves behind: NDJSON, a Markdown table, and lines for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conform.selftest.run import Outcome


def write(folder: Path, found: Sequence[Outcome]) -> Path:
    """Write ``selftest.ndjson`` and ``selftest.md``; return the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{outcome.as_line()}\n" for outcome in found)
    (folder / "selftest.ndjson").write_text(lines)
    markdown = folder / "selftest.md"
    markdown.write_text(_markdown(found))
    return markdown


def _markdown(found: Sequence[Outcome]) -> str:
    rows = ["# Faults", "", summary(found), "", "| requirement | fault | noticed by |"]
    rows.append("|---|---|---|")
    for outcome in found:
        noticed = ", ".join(outcome.caught_by) or f"**nothing** {outcome.problem}".strip()
        rows.append(f"| {outcome.fault.breaks} | {outcome.fault.name} | {noticed} |")
    return "\n".join(rows) + "\n"


def line(outcome: Outcome) -> str:
    """One line a fault."""
    fault = outcome.fault
    if outcome.caught_by:
        return f"caught    {fault.breaks}: {fault.name}"
    return f"unnoticed {fault.breaks}: {fault.name} {outcome.problem}".rstrip()


def summary(found: Sequence[Outcome]) -> str:
    """One line of counts."""
    caught = sum(bool(outcome.caught_by) for outcome in found)
    return f"{len(found)} faults, {caught} caught, {len(found) - caught} unnoticed"

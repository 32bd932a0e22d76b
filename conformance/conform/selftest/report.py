"""What a self-test leaves behind: NDJSON, a Markdown table, and lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conform.requirements import Requirement
from conform.selftest.faults import Fault
from conform.selftest.job import Outcome


def write(folder: Path, found: Sequence[Outcome]) -> Path:
    """Write ``selftest.ndjson`` and ``selftest.md``; return the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{outcome.as_line()}\n" for outcome in found)
    (folder / "selftest.ndjson").write_text(lines)
    markdown = folder / "selftest.md"
    markdown.write_text(_markdown(found))
    return markdown


def _markdown(found: Sequence[Outcome]) -> str:
    rows = ["# Faults", "", summary(found), "", "| requirement | fault | noticed by | seconds |"]
    rows.append("|---|---|---|---|")
    for outcome in sorted(found, key=lambda each: each.fault.breaks):
        nothing = outcome.problem if outcome.left_out else f"**nothing** {outcome.problem}".strip()
        noticed = outcome.caught_by or nothing
        noticed += " (while it was prepared)" if outcome.early else ""
        what = f"{outcome.fault.breaks} | {outcome.fault.name}"
        rows.append(f"| {what} | {noticed} | {outcome.duration_seconds:.1f} |")
    return "\n".join(rows) + "\n"


def line(outcome: Outcome) -> str:
    """One line a fault."""
    fault = outcome.fault
    what = f"{outcome.duration_seconds:6.1f} s  {fault.breaks}: {fault.name}"
    if outcome.caught_by:
        return f"caught    {what}"
    verdict = "left out " if outcome.left_out else "unnoticed"
    return f"{verdict} {what} ({outcome.problem or 'every case passes'})"


def summary(found: Sequence[Outcome]) -> str:
    """One line of counts."""
    caught = sum(bool(outcome.caught_by) for outcome in found)
    absent = sum(outcome.left_out for outcome in found)
    about = len({outcome.fault.breaks for outcome in found if outcome.caught_by})
    text = f"faults caught: {caught} of {len(found)}, of {about} requirements"
    if early := sum(outcome.early for outcome in found):
        text += f"; {early} of them while the case was prepared"
    return f"{text}; left out, because a lab is missing: {absent}" if absent else text


def coverage(faults: Sequence[Fault], known: Mapping[str, Requirement]) -> Iterator[str]:
    """Each MUST that no fault breaks, then how many there are, in all and by profile."""
    must = [each for each in known.values() if each.level == "MUST" and each.checks]
    broken = {fault.breaks for fault in faults}
    yield from (each.id for each in must if each.id not in broken)
    for profile in dict.fromkeys(each.profile for each in must):
        own = [each.id in broken for each in must if each.profile == profile]
        yield f"# {profile}: {sum(own)} of {len(own)} have a fault"
    count = sum(each.id in broken for each in must)
    yield f"# every MUST with a scenario: {count} of {len(must)} have a fault"


def unbroken(
    behaviours: Mapping[str, Sequence[Mapping[str, Any]]], faults: Sequence[Fault]
) -> Iterator[str]:
    """The lines of spec/behaviours.yaml of which no requirement is broken by any fault."""
    broken = {fault.breaks for fault in faults}
    for kind, entries in behaviours.items():
        for entry in entries:
            if broken.isdisjoint(entry["requirements"]):
                yield f"{kind}: {entry['wrong']}"

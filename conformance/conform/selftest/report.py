"""What a self-test leaves behind: NDJSON, a Markdown table, and lines for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conform.requirements import Requirement
from conform.selftest.faults import Fault
from conform.selftest.impostors import Unmasked
from conform.selftest.job import Outcome
from conform.stamp import stamp


def write(
    folder: Path, checkout: Path, found: Sequence[Outcome], others: Sequence[Unmasked]
) -> Path:
    """Write ``selftest.ndjson`` and ``selftest.md``; return the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"record": "run", **stamp(checkout)})
    lines = [head, *(each.as_line() for each in (*found, *others))]
    (folder / "selftest.ndjson").write_text("\n".join(lines) + "\n")
    markdown = folder / "selftest.md"
    markdown.write_text(_markdown(found, others))
    return markdown


def _markdown(found: Sequence[Outcome], others: Sequence[Unmasked]) -> str:
    rows = ["# Whole implementations", "", *(f"- {told(each)}" for each in others), ""]
    rows += ["# Faults", "", summary(found), ""]
    rows += ["| requirement | fault | noticed by | seconds |", "|---|---|---|---|"]
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


def told(unmasked: Unmasked) -> str:
    """One line about a whole implementation."""
    who, breaks = unmasked.impostor, unmasked.impostor.breaks
    if unmasked.harness:
        found = f"the suite blames itself at {', '.join(unmasked.harness)}"
    elif breaks is None:
        found = "passes" if unmasked.good else f"fails at {', '.join(unmasked.others)}"
    else:
        found = f"found out by {unmasked.by[0]}" if unmasked.by else "not found out"
        found += f" for {breaks}"
    return f"{who.name} ({who.what}): {found}"


def summary(found: Sequence[Outcome]) -> str:
    """One line of counts."""
    caught = sum(bool(outcome.caught_by) for outcome in found)
    absent = sum(outcome.left_out for outcome in found)
    about = len({outcome.fault.breaks for outcome in found if outcome.caught_by})
    text = f"faults caught: {caught} of {len(found)}, of {about} requirements"
    if used := sum(outcome.processor_seconds for outcome in found):
        text += f", in {used:.0f} processor seconds"
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

"""What a mutation run leaves behind: NDJSON, a Markdown table, and lines for the terminal."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from conform.mutation.equivalents import Identity
from conform.mutation.job import KILLED, NOT_INSTALLED, SURVIVED, Outcome
from conform.stamp import stamp

Known = Mapping[Identity, str]


def write(
    folder: Path, checkout: Path, dialect: str, found: Sequence[Outcome], known: Known
) -> Path:
    """Write ``mutants-DIALECT.ndjson`` and ``.md``; return the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = Counter(each.outcome for each in found)
    about = {"database": dialect, "mutants": len(found)}
    head = json.dumps({"record": "run", **about, **stamp(checkout)})
    foot = json.dumps({"record": "end", **counts})
    lines = [head, *(each.as_line() for each in found), foot]
    (folder / f"mutants-{dialect}.ndjson").write_text("\n".join(lines) + "\n")
    markdown = folder / f"mutants-{dialect}.md"
    markdown.write_text(_markdown(dialect, found, known))
    return markdown


def _markdown(dialect: str, found: Sequence[Outcome], known: Known) -> str:
    rows = [f"# Mutants of db/{dialect}", "", "| file | mutants | killed | explained | survived |"]
    rows.append("|---|---|---|---|---|")
    by_file: dict[str, list[Outcome]] = defaultdict(list)
    for each in found:
        if each.outcome != NOT_INSTALLED:
            by_file[each.file].append(each)
    rows += [_row(file, outcomes, known) for file, outcomes in by_file.items()]
    survivors = [each for each in found if each.outcome == SURVIVED]
    rows += ["", "## Survivors", "", "| where | mutation | why |", "|---|---|---|"]
    rows += [
        f"| {each.file}:{each.line} | {_cell(each.name)} | {_cell(known.get(each.identity, ''))} |"
        for each in survivors
    ]
    return "\n".join(rows) + "\n"


def _row(file: str, outcomes: Sequence[Outcome], known: Known) -> str:
    killed = sum(each.outcome == KILLED for each in outcomes)
    explained = sum(each.outcome == SURVIVED and each.identity in known for each in outcomes)
    survived = len(outcomes) - killed - explained
    return f"| {file} | {len(outcomes)} | {killed} | {explained} | {survived} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def summary(dialect: str, found: Sequence[Outcome]) -> str:
    """One line of counts."""
    counts = Counter(each.outcome for each in found)
    judged = counts[KILLED] + counts[SURVIVED]
    seconds = sum(each.duration_seconds for each in found)
    return (
        f"{dialect}: {judged} mutants, {counts[KILLED]} killed, {counts[SURVIVED]} survived, "
        f"{counts[NOT_INSTALLED]} not installed, {seconds / max(judged, 1):.2f} s each"
    )

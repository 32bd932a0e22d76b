"""The command ``conform next``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from conform.guide.stages import Step
    from conform.guide.walk import Walk

LINES = 6


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command("next")(next_step)


def next_step(
    impl: Annotated[Path, typer.Option("--impl", help="Folder with an impl.yaml.")] = Path(),
    database: Annotated[
        str | None, typer.Option("--database", help="Default: the first of impl.yaml.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that run scenarios.")] = 4,
    output: Annotated[Path, typer.Option(help="Folder for the record.")] = Path("reports/next"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """
    Say what to do next for an implementation: the first requirement that does not hold.

    Its profiles are judged one after the other, up to the first that is not whole. Exit 0: all
    that it declares holds; 1: a requirement is next; 2: it cannot be started.
    """
    from conform.guide.walk import walk

    found = walk(impl, database, workers, output)
    if as_json:
        print(json.dumps(found.as_record(), indent=2))
    else:
        print("\n".join(_lines(found, impl)))
        if found.next:
            print(f"  all that was said: {output / 'matrix.html'}")
    raise typer.Exit(1 if found.next else 0)


def _lines(found: Walk, folder: Path) -> list[str]:
    lines = [
        f"{each.profile:10} {each.held:3} of {each.judged} requirements" for each in found.done
    ]
    if found.next:
        return [*lines, *_of_step(found.next)]
    if found.declare:
        from conform.guide.stages import READING

        return [
            *lines,
            f"next: add {found.declare} to the profiles of {folder / 'impl.yaml'}",
            f"  read: {', '.join(READING[found.declare])}",
        ]
    return [*lines, f"next: conform gate --impl {folder}"]


def _of_step(step: Step) -> list[str]:
    finding = step.finding
    lines = [
        f"next: {step.requirement.id} ({step.requirement.level})",
        f"  {step.requirement.text}",
    ]
    lines.append(f"  read: {', '.join(step.reading)}")
    if not finding["case"].endswith(":0"):
        lines.append(f"  scenario: scenarios/{finding['case']} {finding['scenario']}")
    for label in ("step", "message"):
        if finding.get(label):
            told = str(finding[label]).splitlines()[:LINES]
            lines += [f"  {label}: {told[0]}", *(f"    {each}" for each in told[1:])]
    return [*lines, *([f"  again: {finding['repro']}"] if finding.get("repro") else [])]

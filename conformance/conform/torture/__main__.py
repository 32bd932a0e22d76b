"""``python -m conform.torture``: what ``make torture`` runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from conform.databases import Scratch
from conform.dialects import DIALECTS
from conform.implementation import Implementation, load
from conform.places import checkout
from conform.runfolder import run_folder
from conform.servers import places
from conform.targets import Target, template
from conform.torture.hostile import Numbers, besiege
from conform.torture.storm import Plan, storm
from conform.verdicts import SetupError

Databases = Annotated[
    list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
]
Connections = Annotated[list[int] | None, typer.Option("--connections", help="Default: 8 and 64.")]


def main(
    pushes: Annotated[int, typer.Option(min=100, help="Of each storm.")] = 10_000,
    connections: Connections = None,
    kills: Annotated[int, typer.Option(min=0, help="Of the server, in each storm.")] = 3,
    environments: Annotated[int, typer.Option(min=1, max=40)] = 8,
    wrong: Annotated[int, typer.Option(help="Wrong signatures; 0: no hostile part.")] = 100_000,
    slow: Annotated[int, typer.Option(help="Connections that send slowly.")] = 500,
    database: Databases = None,
    impl: Annotated[Path | None, typer.Option(help="Folder with an impl.yaml.")] = None,
) -> None:
    """Storms of pushes, then hostile clients. Exit 1: something was violated, 2: set-up."""
    root = checkout()
    manifest = load(impl or root / "impl" / "py", root)
    violated = False
    with run_folder() as folder, places(database or DIALECTS, _say) as found:
        if not found:
            raise SetupError("no database could be had")
        for dialect, place in found.items():
            base, problem = template(Target(manifest.name, dialect, manifest), place, root)
            if problem:
                raise SetupError(problem)
            for count in connections or (8, 64):
                plan = Plan(pushes, count, kills, environments)
                violated |= _storm(plan, manifest, base, folder)
            if wrong:
                violated |= _siege(Numbers(wrong=wrong, slow=slow), manifest, base, folder)
            base.sweep()
    raise typer.Exit(1 if violated else 0)


def _storm(plan: Plan, manifest: Implementation, base: Scratch, folder: Path) -> bool:
    outcome = storm(plan, manifest, base, folder)
    return _tell(outcome.line(), outcome.found)


def _siege(numbers: Numbers, manifest: Implementation, base: Scratch, folder: Path) -> bool:
    outcome = besiege(numbers, manifest, base, folder)
    return _tell(outcome.line(), outcome.found)


def _tell(line: str, found: list[str]) -> bool:
    print(f"{line} (load average {os.getloadavg()[0]:.1f})", flush=True)
    for text in found:
        print(f"  {text}", flush=True)
    return bool(found)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        typer.run(main)
    except (SetupError, FileNotFoundError) as reason:
        _say(f"torture: {reason}")
        sys.exit(2)

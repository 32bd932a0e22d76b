"""The command ``conform selftest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Only = Annotated[
    list[str] | None, typer.Option("--only", help="Name of a fault or requirement; wildcards work.")
]
Workers = Annotated[int, typer.Option(min=1, help="Faults that are judged at once.")]
Output = Annotated[Path, typer.Option(help="Folder for the report.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command()(selftest)


def selftest(only: Only = None, workers: Workers = 2, output: Output = Path("reports")) -> None:
    """
    Break one requirement at a time; does its own scenario notice?

    Ends with 1 when a fault of conformance/faults goes unnoticed, with 2 when one is
    stale or the reference fails without any fault.
    """
    from conform.places import checkout
    from conform.selftest.faults import load
    from conform.selftest.report import line, summary, write
    from conform.selftest.run import judge

    root = checkout()
    faults = load(root, tuple(only or ()))
    typer.echo(f"{len(faults)} faults; first the healthy reference", err=True)
    found = judge(root, faults, workers, lambda outcome: typer.echo(line(outcome), err=True))
    written = write(output, found)
    typer.echo(f"{summary(found)}; report: {written}")
    sys.exit(0 if all(outcome.caught_by for outcome in found) else 1)

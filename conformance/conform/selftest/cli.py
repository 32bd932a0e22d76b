"""The command ``conform selftest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conform.selftest.faults import Fault
    from conform.selftest.job import Outcome

Only = Annotated[
    list[str] | None, typer.Option("--only", help="Name of a fault or requirement; wildcards work.")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes that judge faults.")]
Output = Annotated[Path, typer.Option(help="Folder for the report.")]
RequireAll = Annotated[bool, typer.Option("--require-all", help="Fail when a fault is left out.")]
Listed = Annotated[
    bool, typer.Option("--list", help="Say which MUST has no fault yet, and run nothing.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command()(selftest)


def selftest(
    only: Only = None,
    workers: Workers = 4,
    output: Output = Path("reports"),
    listed: Listed = False,
    require_all: RequireAll = False,
) -> None:
    """
    Break one requirement at a time; does its own scenario notice?

    Ends with 1 when a fault of conformance/faults goes unnoticed, or when what notices
    it fails without it, too; with 2 when a fault is stale. Faults whose scenarios need a
    lab that is not here are left out, in so many words.
    """
    from conform import requirements
    from conform.places import checkout
    from conform.selftest.faults import load
    from conform.selftest.report import coverage

    root = checkout()
    faults = load(root, tuple(only or ()))
    if listed:
        typer.echo("\n".join(coverage(faults, requirements.load(root))))
        return
    outcomes = _judged(root, faults, workers, output)
    good = all(each.caught_by or (each.left_out and not require_all) for each in outcomes)
    sys.exit(0 if good else 1)


def _judged(root: Path, faults: Sequence[Fault], workers: int, output: Path) -> Sequence[Outcome]:
    """Judge the faults, and report."""
    from conform.runfolder import run_folder
    from conform.selftest.report import line, summary, write
    from conform.selftest.run import judge
    from conform.servers import places

    def say(text: str) -> None:
        typer.echo(text, err=True)

    dialects = sorted({fault.databases[0] for fault in faults})
    with run_folder(), places(dialects, say) as found:
        outcomes = judge(root, faults, found, workers, lambda each: say(line(each)))
    written = write(output, outcomes)
    typer.echo(f"{summary(outcomes)}; report: {written}")
    return outcomes

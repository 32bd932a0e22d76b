"""The command ``conform selftest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conform.selftest.faults import Fault
    from conform.selftest.impostors import Impostor, Unmasked
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

    Also whole implementations that are wrong (--only 'implementation/*': these alone).
    Ends with 1 when one of them or a fault of conformance/faults goes unnoticed, or when
    what notices it fails without it, too; with 2 when a fault is stale. Faults whose
    scenarios need a lab that is not here are left out, in so many words.
    """
    from conform import requirements
    from conform.places import checkout
    from conform.selftest.faults import load
    from conform.selftest.report import coverage

    root, patterns = checkout(), tuple(only or ())
    faults = load(root, patterns)
    if listed:
        typer.echo("\n".join(coverage(faults, requirements.load(root))))
        return
    outcomes, unmasked = _judged(root, faults, _impostors(faults, patterns), workers, output)
    good = all(each.caught_by or (each.left_out and not require_all) for each in outcomes)
    sys.exit(0 if good and all(each.good for each in unmasked) else 1)


def _impostors(faults: Sequence[Fault], patterns: tuple[str, ...]) -> list[Impostor]:
    """
    The whole implementations that fit.

    Raises:
        SetupError: None of them fits, and no fault either.
    """
    from conform.selftest.faults import fits
    from conform.selftest.impostors import IMPOSTORS
    from conform.verdicts import SetupError

    chosen = [each for each in IMPOSTORS if fits([f"implementation/{each.name}"], patterns)]
    if not faults and not chosen:
        raise SetupError("no fault fits")
    return chosen


def _judged(
    root: Path,
    faults: Sequence[Fault],
    impostors: Sequence[Impostor],
    workers: int,
    output: Path,
) -> tuple[Sequence[Outcome], Sequence[Unmasked]]:
    """Judge whole implementations and faults, and report."""
    from conform.runfolder import run_folder
    from conform.selftest.impostors import unmask
    from conform.selftest.report import line, summary, told, write
    from conform.selftest.run import judge
    from conform.servers import places

    def say(text: str) -> None:
        typer.echo(text, err=True)

    dialects = sorted({each for fault in faults for each in fault.databases})
    with run_folder() as folder, places(dialects, say) as found:
        unmasked = unmask(root, impostors, folder / "impostors", workers)
        for each in unmasked:
            say(told(each))
        outcomes = judge(root, faults, found, workers, lambda each: say(line(each)))
    written = write(output, root, outcomes, unmasked)
    typer.echo(f"{summary(outcomes)}; report: {written}")
    return outcomes, unmasked

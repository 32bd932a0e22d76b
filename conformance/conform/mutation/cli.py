"""The command ``conform mutate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Databases = Annotated[
    list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
]
Functions = Annotated[
    list[str] | None,
    typer.Option("--function", help="A name or pattern (fx_*). Default: all."),
]
Workers = Annotated[int, typer.Option(min=1, help="Processes that judge mutants.")]
Output = Annotated[Path, typer.Option(help="Folder for the reports.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command()(mutate)


def mutate(
    database: Databases = None,
    function: Functions = None,
    workers: Workers = 2,
    output: Output = Path("reports"),
) -> None:
    """
    Remove one rule of the SQL functions at a time; does a scenario notice?

    Ends with 1 when a mutant survives that db/mutants.yaml does not explain, or
    when an explanation there is stale; with 2 when the run cannot be done.
    """
    from conform.dialects import DIALECTS
    from conform.servers import places
    from conform.verdicts import SetupError

    dialects = tuple(database or DIALECTS)
    unknown = [each for each in dialects if each not in DIALECTS]
    if unknown:
        raise SetupError(f'"{unknown[0]}" is not a database; known: {", ".join(DIALECTS)}')
    with places(dialects, lambda line: typer.echo(line, err=True)) as found:
        names = tuple(function or ("*",))
        sound = [_mutate(dialect, found[dialect], names, workers, output) for dialect in found]
    if not sound:
        raise SetupError("no database could be had")
    sys.exit(0 if all(sound) else 1)


def _mutate(
    dialect: str, place: str, functions: tuple[str, ...], workers: int, output: Path
) -> bool:
    """Judge the mutants of one dialect, report, and say whether all is well."""
    from conform.mutation import equivalents, report
    from conform.mutation.run import judge
    from conform.mutation.selection import all_mutants
    from conform.places import checkout

    root = checkout()
    known = equivalents.explained(root, dialect)
    chosen = all_mutants(root, dialect, functions)
    found = judge(root, dialect, place, chosen, workers)
    markdown = report.write(output, root, dialect, found, known)
    survivors = equivalents.unexplained(found, known)
    stale = equivalents.stale(found, known, {mutant.file for mutant in chosen})
    for each in survivors:
        typer.echo(f"survived {each.file}:{each.line} {each.name}")
    for file, mutation in stale:
        typer.echo(f"stale in db/mutants.yaml: {file} {mutation}")
    typer.echo(f"{report.summary(dialect, found)}; report: {markdown}")
    return not survivors and not stale

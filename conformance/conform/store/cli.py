"""The commands ``conform store``, ``diff`` and ``trend``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from conform.store.compare import Difference, Side
    from conform.store.trend import Line

STORE = Path("reports/runs.duckdb")
StoreFile = Annotated[Path, typer.Option("--store", help="The DuckDB file of the store.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
SIDE = "a run.ndjson or a run of the store (last, previous, how its id or commit begins); "
COLUMN = "#py, #py@sqlite or #@sqlite after it means one column"
store = typer.Typer(help="Keep runs, to compare and follow them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``conform``."""
    app.add_typer(store, name="store")
    app.command()(diff)
    app.command()(trend)


@store.command()
def add(
    records: Annotated[list[Path], typer.Argument(help="The run.ndjson of one or more runs.")],
    store: StoreFile = STORE,
) -> None:
    """Keep runs. One that is kept already stays as it is."""
    from conform.report.source import read
    from conform.store.book import opened

    accounts = [(path, read(path)) for path in records]
    with opened(store, new=True) as book:
        for path, account in accounts:
            said = "kept" if book.add(account) else "was kept before"
            print(f"{path}: {account.header['id'][:8]} {said}: {len(account.results)} results")


@store.command("list")
def list_runs(store: StoreFile = STORE, as_json: AsJson = False) -> None:
    """List the runs that are kept, oldest first."""
    from dataclasses import asdict

    from conform.store.book import opened

    with opened(store) as book:
        kept = book.kept()
    if as_json:
        print(json.dumps([asdict(each) for each in kept], indent=2))
        return
    for each in kept:
        columns = ", ".join(each.columns)
        shown = f"{each.started_at}  {each.commit or '-':12}  exit {each.exit_status}"
        print(f"{each.id[:8]}  {shown}  {each.results:5} results  {columns}")


def diff(
    before: Annotated[str, typer.Argument(help=SIDE + COLUMN)],
    after: Annotated[str, typer.Argument(help="the same")],
    store: StoreFile = STORE,
    common: Annotated[
        bool, typer.Option("--common", help="Only what both have executed counts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Compare two runs, or two columns: conform diff old.ndjson new.ndjson, diff
    run.ndjson#py@sqlite run.ndjson#py@postgresql.

    Exit 0: nothing got worse, 1: something that held fails or is not asked any more, 2: the
    two cannot be compared.
    """
    from conform.store.compare import differences, worse

    sides = [_side(each, store) for each in (before, after)]
    found = differences(*sides, common=common)
    if as_json:
        print(json.dumps(_diff_record(sides, found), indent=2))
    else:
        _print_diff(found)
    raise typer.Exit(1 if worse(found) else 0)


def trend(
    store: StoreFile = STORE,
    requirement: Annotated[
        str, typer.Option(help="Only these requirements; wildcards are allowed.")
    ] = "*",
    last: Annotated[int, typer.Option(min=1, help="How many runs of each column.")] = 10,
    as_json: AsJson = False,
) -> None:
    """
    Follow each column over the runs of the store.

    Exit 0: the newest run of every column holds what the one before it held, 1: a requirement
    got worse, 2: there is no store, or no such requirement in it.
    """
    from conform.store.book import opened
    from conform.store.trend import lines
    from conform.verdicts import SetupError

    with opened(store) as book:
        found = lines(book, requirement, last)
    if not found:
        raise SetupError(f"{store}: no run has a result for {requirement}")
    if as_json:
        print(json.dumps([each.as_record() for each in found], indent=2))
    else:
        _print_trend(found)
    raise typer.Exit(1 if any(each.worse for each in found) else 0)


def _side(given: str, store: Path) -> Side:
    """
    Raises:
        SetupError: There is no such run, or nothing was executed in the column.
    """
    from conform.report.source import read
    from conform.store.book import opened
    from conform.store.compare import side
    from conform.verdicts import SetupError

    source, _, column = given.partition("#")
    implementation, _, database = column.partition("@")
    results: Sequence[Any]
    if Path(source).exists():
        results = read(Path(source)).results
    elif store.exists():
        with opened(store) as book:
            results = list(book.results(book.named(source)))
    else:
        raise SetupError(f"{source}: no such file, and {store} is no store either")
    found = side(given, results, implementation or None, database or None)
    if not found.judged():
        raise SetupError(f"{given}: nothing was executed there")
    return found


def _diff_record(sides: Sequence[Side], found: Sequence[Difference]) -> dict[str, Any]:
    from conform.store.compare import worse

    return {
        "before": sides[0].name,
        "after": sides[1].name,
        "worse": worse(found),
        "differences": [each.as_record() for each in found],
    }


def _print_diff(found: Sequence[Difference]) -> None:
    for each in found:
        print(f"{each.kind:9} {each.column}: {each.scenario}  ({each.file})")
        print(f"          {each.before} -> {each.after}: {' '.join(each.requirements)}")
        if each.message:
            print(f"          {each.message.splitlines()[0][:200]}")
        if each.repro:
            print(f"          again: {each.repro}")
    kinds = dict.fromkeys(each.kind for each in found)
    counts = (f"{sum(each.kind == kind for each in found)} {kind}" for kind in kinds)
    print(", ".join(counts) or "no difference")


def _print_trend(found: Sequence[Line]) -> None:
    for line in found:
        print(f"{line.implementation} on {line.database}")
        for point in line.points:
            shares = f"{point.passed:5} pass {point.failed:4} fail {point.flaky:3} flaky"
            used = f"{point.processor_seconds or 0:8.1f} s of a processor"
            print(f"  {point.started_at}  {point.commit or '-':12}  {shares}  {used}")
        for requirement, before, after in line.changes:
            print(f"  {requirement}: {before} -> {after}")

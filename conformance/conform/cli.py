"""The command ``conform``."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from conform.places import checkout, resources
from conform.planning import Options, select
from conform.verdicts import SetupError

app = typer.Typer(
    help="The conformance suite of Fraisier: does an implementation do what it must?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, highlight=False)

Implementations = Annotated[
    list[Path] | None,
    typer.Option("--impl", help="Folder with an impl.yaml. Default: the SQL and all of impl/."),
]
Databases = Annotated[
    list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="Requirement, file, file:line or scenario; wildcards are allowed."),
]
RequireAll = Annotated[
    bool, typer.Option("--require-all", help="Fail when a database or a tool is missing.")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes that run scenarios.")]
Output = Annotated[Path, typer.Option(help="Folder for the reports.")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="A server that runs already; only stateless scenarios that ask for no side effects.",
    ),
]
Thorough = Annotated[
    bool,
    typer.Option(
        "--thorough",
        help="Every scenario and example, also the long; further databases where it "
        "makes a difference.",
    ),
]
Whole = Annotated[
    bool, typer.Option("--whole", help="Every scenario and example on every database.")
]
Scenarios = Annotated[
    Path | None, typer.Option(help="Folder of the feature files. Default: the checkout's.")
]
DEFAULT_WORKERS = min(6, 2 + (os.cpu_count() or 1))  # scenarios mostly wait


@app.command()
def run(
    impl: Implementations = None,
    database: Databases = None,
    only: Only = None,
    require_all: RequireAll = False,
    workers: Workers = DEFAULT_WORKERS,
    output: Output = Path("reports"),
    url: Url = None,
    scenarios: Scenarios = None,
    build: Annotated[bool, typer.Option(help="Run the build command of each first.")] = False,
    thorough: Thorough = False,
    whole: Whole = False,
    cached: Annotated[
        bool, typer.Option("--cached", help="Do not run again what passed and has not changed.")
    ] = False,
) -> None:
    """Run scenarios. Exit 0: all as expected, 1: findings, 2: suite or set-up wrong."""
    from conform.running import carry_out

    extent = {"thorough": thorough or whole, "whole": whole}
    options = _options(impl, database, only, url, scenarios, **extent)
    raise typer.Exit(carry_out(options, workers, output, require_all, build, cached))


@app.command()
def smoke(
    impl: Implementations = None,
    database: Databases = None,
    workers: Workers = DEFAULT_WORKERS,
    output: Output = Path("reports"),
    scenarios: Scenarios = None,
) -> None:
    """Run the scenarios tagged @smoke, by default on SQLite only."""
    from conform.running import carry_out

    options = _options(impl, database or ["sqlite"], None, None, scenarios, smoke=True)
    raise typer.Exit(carry_out(options, workers, output, require_all=False, build=False))


@app.command("list")
def list_cases(
    only: Only = None,
    scenarios: Scenarios = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """List the scenarios with their requirements; exit 2 when the suite has a problem."""
    selection = select(_options(None, None, only, None, scenarios))
    if as_json:
        print(json.dumps([each.as_record() for each in selection.cases], indent=2))
    for case in () if as_json else selection.cases:
        print(f"{case.key}\t{case.title}\t{' '.join(case.requirements)}")
    for problem in selection.problems:
        print(problem, file=sys.stderr)
    raise typer.Exit(2 if selection.problems else 0)


@app.command()
def report(
    source: Annotated[Path, typer.Argument(help="The run.ndjson of a run.")],
    output: Output = Path("reports"),
) -> None:
    """Derive JUnit, JSON summary and HTML matrix from a recorded run, and print it."""
    from conform.report import files, terminal
    from conform.report.source import exit_status, read

    account = read(source)
    files.derive(account, output)
    terminal.show(account, Console(highlight=False))
    raise typer.Exit(exit_status(account))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    lang: Annotated[str, typer.Option("--lang", help="Language of the implementation.")],
) -> None:
    """Make the skeleton of an implementation: it starts, and fails honestly."""
    from conform.skeleton import make

    for path in make(folder, lang):
        print(path)


def _options(
    implementations: list[Path] | None,
    databases: list[str] | None,
    only: list[str] | None,
    url: str | None,
    scenarios: Path | None,
    *,
    smoke: bool = False,
    thorough: bool = True,
    whole: bool = True,
) -> Options:
    root = checkout()
    return Options(
        checkout=root,
        scenarios=(scenarios or root / "scenarios").resolve(),
        implementations=tuple(implementations or ()),
        url=url,
        databases=tuple(dict.fromkeys(databases or ())),
        only=tuple(only or ()),
        smoke=smoke,
        thorough=thorough,
        whole=whole,
    )


def _add_commands() -> None:
    """The commands of each package that has a ``cli.py``; it imports nothing heavy until then."""
    for path in sorted(resources().glob("*/cli.py")):
        importlib.import_module(f"conform.{path.parent.name}.cli").register(app)


def main() -> None:
    """Run the command; a set-up that is wrong is one line and exit status 2."""
    try:
        _add_commands()
        app()
    except (SetupError, FileNotFoundError) as reason:
        errors.print(f"conform: {reason}", soft_wrap=True, markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()

"""The commands ``conform gate`` and ``conform baseline``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from conform.gate.baseline import Complaint

Source = Annotated[Path, typer.Argument(help="The run.ndjson of a run.")]
Baseline = Annotated[Path, typer.Option("--baseline", help="The file of the known findings.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
BASELINE = Path("baseline.yaml")
baseline = typer.Typer(help="Findings that are known, with link and expiry.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``conform``."""
    app.add_typer(baseline, name="baseline")
    app.command()(gate)


@baseline.command()
def check(source: Source, baseline: Baseline = BASELINE, as_json: AsJson = False) -> None:
    """
    Compare a run with the file of known findings.

    Exit 0: every finding is known, and every entry still fails; 1: a finding is new, or an
    entry is stale, unmatched or expired; 2: the run or the file says nothing.
    """
    from conform.gate.baseline import complaints
    from conform.gate.entries import read
    from conform.report.source import exit_status
    from conform.report.source import read as recorded

    account = recorded(source)
    found = complaints(account, read(baseline), _today())
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        _tell(found, baseline)
    raise typer.Exit(2 if exit_status(account) == 2 else 1 if found else 0)


@baseline.command()
def write(
    source: Source,
    issue: Annotated[str, typer.Option(help="Link to where the new findings are dealt with.")],
    expires: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day they must be gone by.")
    ],
    reason: Annotated[str, typer.Option(help="Why they are let through.")] = "",
    baseline: Baseline = BASELINE,
) -> None:
    """
    Write the findings of a run into the file. Entries that still fail stay as they are, what
    holds by now is dropped. Exit 2: the run says nothing.
    """
    from conform.gate.baseline import rewritten
    from conform.gate.entries import read
    from conform.gate.entries import write as save
    from conform.report.source import exit_status
    from conform.report.source import read as recorded
    from conform.verdicts import SetupError

    account = recorded(source)
    if exit_status(account) == 2:
        raise SetupError(f"{source}: the suite or its set-up was wrong, so nothing is known")
    if not issue.startswith(("https://", "http://")):
        raise SetupError(f"--issue {issue}: this is no link")
    old = read(baseline) if baseline.exists() else []
    new = rewritten(account, old, issue, expires.date(), reason)
    save(baseline, new)
    kept = len([each for each in new if each in old])
    print(f"{baseline}: {kept} kept, {len(new) - kept} new, {len(old) - kept} dropped")


def gate(
    impl: Annotated[
        list[Path] | None, typer.Option("--impl", help="Folder with an impl.yaml. Default: all.")
    ] = None,
    database: Annotated[
        list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="As with run: requirement, file, scenario.")
    ] = None,
    extent: Annotated[
        str, typer.Option(help="everyday, thorough or whole: see conform run.")
    ] = "thorough",
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Known findings. Without: there are none.")
    ] = None,
    require_all: Annotated[
        bool, typer.Option("--require-all", help="A missing database or tool closes the gate.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that run scenarios.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder for the reports.")] = Path("reports"),
    store: Annotated[
        Path | None, typer.Option("--store", help="Keep the run in this store, too.")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(help="Append the Markdown summary to this file.")
    ] = None,
    build: Annotated[bool, typer.Option(help="Run the build command of each first.")] = False,
) -> None:
    """
    Run the suite as a gate: nothing is taken from a cache, and only known findings pass.

    Exit 0: open; 1: closed by a finding that is not in the baseline, or by an entry of it that
    is stale, unmatched or expired; 2: closed because the suite, its traceability or its set-up
    is wrong (with --require-all also because something is missing), so that the run says nothing.
    """
    from conform.gate.run import Gate

    asked = Gate(
        implementations=tuple(impl or ()),
        databases=tuple(database or ()),
        only=tuple(only or ()),
        extent=extent,
        baseline=baseline,
        require_all=require_all,
        workers=workers,
        output=output,
        build=build,
    )
    answer = asked.run(_today())
    if baseline:  # without one every finding is new, and was told as a finding
        _tell(answer.complaints, baseline)
    print(answer.sentence())
    if store:
        answer.keep(store)
    if summary:
        answer.summarise(summary)
    raise typer.Exit(answer.status)


def _today() -> date:
    return datetime.now(UTC).date()


def _tell(found: Sequence[Complaint], path: Path) -> None:
    for each in found:
        print(each.shown(str(path)), file=sys.stderr)

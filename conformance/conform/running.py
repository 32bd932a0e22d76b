"""``conform run`` from its options to its exit status."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from conform import __version__, labs
from conform.cache import Cache, counted
from conform.planning import (
    Options,
    Selection,
    check_deviations,
    left_out,
    needed,
    select,
    targets,
    versions,
)
from conform.progress import Progress
from conform.report import files, terminal
from conform.report.source import Ledger, account_of, exit_status
from conform.run import Plan, Tally, run
from conform.runfolder import run_folder
from conform.scheduling import durations
from conform.servers import places
from conform.targets import Target
from conform.traceability import revisions

Record = dict[str, Any]
MORE = "; --thorough runs every example, --whole each on every database"
ALSO = " on further databases, where nothing should differ; --whole runs them, too"


@dataclass(slots=True)
class Book:
    """Every record of the run: on disk at once, and at hand for the reports."""

    ledger: Ledger
    records: list[Record] = field(default_factory=list[Record])

    def write(self, record: Record) -> None:
        """Keep a record."""
        self.records.append(record)
        self.ledger.write(record)

    def problem(self, text: str) -> None:
        """Keep a reason why the run says nothing about anybody."""
        self.write({"record": "problem", "text": text})


def carry_out(
    options: Options,
    workers: int,
    output: Path,
    require_all: bool,
    build: bool,
    cached: bool = False,
) -> int:
    """
    Run what the options ask for, write and print the reports; return the exit status.

    With ``cached`` columns of which nothing has changed since they passed are not run again.

    Raises:
        SetupError: Nothing could be run.
    """
    selection = select(options)
    if selection.problems:
        for problem in selection.problems:
            print(problem, file=sys.stderr)
        return 2
    cases = labs.possible(selection.cases)
    chosen = needed(targets(options), cases, selection.requirements)
    check_deviations(chosen, selection.requirements)
    said = versions(chosen, build, _say)
    known = durations(output / files.SOURCE)
    book = Book(Ledger(output / files.SOURCE))
    book.write(_header(options, selection, chosen, said))
    for line in labs.left_out(selection.cases):
        _missing(book, require_all)(line)
    with (
        run_folder(),
        places(sorted({t.dialect for t in chosen}), _missing(book, require_all)) as found,
    ):
        there = tuple(t for t in chosen if t.dialect in found)
        plan = Plan(
            checkout=options.checkout,
            scenarios=options.scenarios,
            cases=tuple(cases),
            requirements=selection.requirements,
            targets=there,
            places=found,
            workers=workers,
            durations=known,
        )
        tallies = _cached(plan, book) if cached else _run(plan, book)
    status = _close(book, tallies, output)
    absent = left_out(chosen, cases, selection.requirements)
    if absent:
        print(f"left out: {absent} examples{ALSO if options.thorough else MORE}")
    return status


def _cached(plan: Plan, book: Book) -> list[Tally]:
    """Take what is known from the cache, run the rest, and keep what passed."""
    kept = Cache(plan.checkout, plan.requirements, plan.cases, plan.places)
    known = {target: kept.found(target) for target in plan.targets}
    for target, records in known.items():
        for each in records or ():
            book.write(each)
        if records:
            _say(f"{target.label}: unchanged since it passed, so it is not run again")
    left = tuple(target for target, records in known.items() if not records)
    tallies = _run(replace(plan, targets=left), book) if left else []
    for each in tallies:
        if each.complete:
            kept.keep(each.target, book.records)
    return [*(counted(target, records) for target, records in known.items() if records), *tallies]


def _run(plan: Plan, book: Book) -> list[Tally]:
    progress = Progress()
    try:
        return run(plan, book.write, progress)
    except KeyboardInterrupt:
        book.problem("interrupted")
        return []
    finally:
        progress.close()


def _close(book: Book, tallies: Sequence[Tally], output: Path) -> int:
    for tally in tallies:
        for problem in tally.problems:
            book.problem(problem)
    if not any(tally.executed for tally in tallies):
        book.problem("nothing was executed")
    status = exit_status(account_of(book.records))
    book.write(_footer(tallies, book, status))
    book.ledger.close()
    account = account_of(book.records)
    written = files.derive(account, output)
    terminal.show(account, Console(highlight=False, width=_width()))
    print("reports: " + " ".join(str(path) for path in (output / files.SOURCE, *written)))
    return status


def _width() -> int | None:
    """A pipe has no width of its own; the table needs about a hundred columns."""
    return None if sys.stdout.isatty() else 110


def _missing(book: Book, require_all: bool) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if require_all:
            book.problem(line)
        else:
            _say(line)

    return tell


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _header(
    options: Options, selection: Selection, chosen: Sequence[Target], said: dict[str, str]
) -> Record:
    return {
        "record": "run",
        "id": str(uuid.uuid4()),
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "suite": __version__,
        "commit": _commit(options.checkout),
        "revision": revisions.newest(options.checkout),
        "versions": said,
        "targets": [{"implementation": t.column, "database": t.dialect} for t in chosen],
        "cases": len(selection.cases),
    }


def _footer(tallies: Sequence[Tally], book: Book, status: int) -> Record:
    return {
        "record": "end",
        "exit": status,
        "counts": dict(account_of(book.records).counts()),
        "tallies": [
            {
                "implementation": t.target.column,
                "database": t.target.dialect,
                "declared": t.declared,
                "collected": t.collected,
                "executed": t.executed,
                "not_applicable": t.not_applicable,
            }
            for t in tallies
        ],
    }


def _commit(checkout: Path) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() or None

"""One run as a gate: what it was asked, and whether it is open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from conform import traceability
from conform.gate.baseline import Complaint, complaints, excused
from conform.gate.entries import Entry, read
from conform.places import checkout
from conform.planning import Options
from conform.report import files, markdown
from conform.report.source import Account
from conform.report.source import read as recorded
from conform.running import carry_out
from conform.verdicts import SetupError

EXTENTS = ("everyday", "thorough", "whole")
REPORT = "gate.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    status: int
    account: Account
    complaints: tuple[Complaint, ...]
    excused: int
    output: Path

    def sentence(self) -> str:
        """One line: open or closed, and why."""
        known = f"; known findings: {self.excused}" if self.excused else ""
        if self.status == 0:
            return f"gate: open{known}"
        if self.status == 2:
            return "gate: closed: the suite or its set-up is wrong, so this run says nothing"
        kinds = dict.fromkeys(each.kind for each in self.complaints)
        counts = (f"{sum(each.kind == kind for each in self.complaints)} {kind}" for kind in kinds)
        return f"gate: closed: {', '.join(counts)}{known}"

    def keep(self, path: Path) -> None:
        """Add the run to a store."""
        from conform.store.book import opened

        if self.account.results:
            with opened(path, new=True) as store:
                store.add(self.account)

    def summarise(self, path: Path) -> None:
        """Append the page of a CI job."""
        with path.open("a") as file:
            file.write(f"**{self.sentence()}**\n\n{markdown.render(self.account)}")

    def write(self) -> None:
        """For machines."""
        values = {
            "open": self.status == 0,
            "exit": self.status,
            "run": self.account.header.get("id"),
            "excused": self.excused,
            "complaints": [asdict(each) for each in self.complaints],
            "problems": self.account.problems,
        }
        self.output.mkdir(parents=True, exist_ok=True)
        (self.output / REPORT).write_text(json.dumps(values, indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class Gate:
    """What is asked."""

    implementations: tuple[Path, ...]
    databases: tuple[str, ...]
    only: tuple[str, ...]
    extent: str
    baseline: Path | None
    require_all: bool
    workers: int | None
    output: Path
    build: bool

    def run(self, today: date) -> Answer:
        """
        Run the suite and judge the run.

        Raises:
            SetupError: The run cannot begin, or the baseline cannot be read.
        """
        from conform.cli import DEFAULT_WORKERS

        if self.extent not in EXTENTS:
            raise SetupError(f'"{self.extent}" is no extent; known: {", ".join(EXTENTS)}')
        known = read(self.baseline) if self.baseline else []
        source = self.output / files.SOURCE
        source.unlink(missing_ok=True)  # what stands there afterwards is of this run
        untraced = [str(each) for each in traceability.problems(checkout())]
        workers = self.workers or DEFAULT_WORKERS
        status = 2 if untraced else self._carried_out(workers)
        account = recorded(source) if source.exists() else Account()
        account.problems += untraced
        answer = self._judged(status, account, known, today)
        answer.write()
        return answer

    def _carried_out(self, workers: int) -> int:
        return carry_out(self._options(), workers, self.output, self.require_all, self.build)

    def _judged(self, status: int, account: Account, known: Sequence[Entry], today: date) -> Answer:
        found = complaints(account, known, today) if status != 2 else []
        number = excused(account, known)
        closed = 2 if status == 2 else 1 if found else 0
        return Answer(closed, account, tuple(found), number, self.output)

    def _options(self) -> Options:
        root = checkout()
        return Options(
            checkout=root,
            scenarios=root / "scenarios",
            implementations=self.implementations,
            databases=tuple(dict.fromkeys(self.databases)),
            only=self.only,
            thorough=self.extent != EXTENTS[0],
            whole=self.extent == EXTENTS[2],
        )

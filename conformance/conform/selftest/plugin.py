"""The pytest plugin of a self-test: one collection, then the cases of fault after fault."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from conform import session as sessions
from conform import verdicts
from conform.databases import Scratch, installed
from conform.selftest.job import Job, Outcome, Question
from conform.selftest.overlay import broken

EARLY = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the job is written."""
    parser.addoption("--selftest-job", help="file written by conform selftest")


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Any) -> None:
    """Remember whether a scenario stopped in a Given."""
    request.node.stash[EARLY] = step.type == "given"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Ask about each fault, and write a line about it."""
    job = Job.read(Path(str(session.config.getoption("--selftest-job"))))
    items = {str(dict(item.user_properties)["case"]): item for item in session.items}
    healthy = installed(job.dialect, job.place, Path(job.copy))
    court = Court(job, items, healthy)
    try:
        with Path(job.results).open("w") as results:
            for question in job.questions:
                print(court.judged(question).as_line(), file=results, flush=True)
    finally:
        healthy.sweep()
    return True


@dataclass
class Court:
    """The cases of a process, and which of them are known to pass without a fault."""

    job: Job
    items: dict[str, pytest.Item]
    healthy: Scratch
    sound: set[str] = field(default_factory=set[str])

    def judged(self, question: Question) -> Outcome:
        """Whether a case notices the fault, and only the fault."""
        start, used = time.monotonic(), _processor_seconds()
        known = [case for case in question.cases if case in self.items]
        try:
            caught, asked = self._asked(question, known)
        except Exception as reason:  # a driver's own: the broken database cannot be made
            told = " ".join(str(reason).split())[-300:]
            return Outcome(question.fault, None, f"it cannot be put in: {told}")
        problem = "" if known else "none of its cases can be run here"
        early = caught is not None and self.items[caught].stash.get(EARLY, False)
        if caught and not self._passes(caught):
            caught, problem = None, f"{caught} fails without the fault, too"
        seconds = round(time.monotonic() - start, 3)
        used = round(_processor_seconds() - used, 3)
        return Outcome(question.fault, caught, problem, asked, seconds, used, early=early)

    def _asked(self, question: Question, cases: Sequence[str]) -> tuple[str | None, int]:
        fault, root = question.fault, Path(self.job.copy)
        with broken(root, fault), self._template(fault.file):
            for number, case in enumerate(cases, 1):
                if verdict(self.items[case]) in verdicts.FINDINGS:
                    return case, number
        return None, len(cases)

    @contextmanager
    def _template(self, file: str) -> Generator[None]:
        """The database that cases copy: one with the fault, when it is in the SQL."""
        template = self.healthy
        if file.startswith("db/"):
            template = installed(self.job.dialect, self.job.place, Path(self.job.copy))
        sessions.use(replace(sessions.current(), template_url=template.url))
        try:
            yield
        finally:
            sessions.use(replace(sessions.current(), template_url=self.healthy.url))
            if template is not self.healthy:
                template.sweep()

    def _passes(self, case: str) -> bool:
        """Asked once in a process, and again where it failed: it may have been bad luck."""
        if case not in self.sound and any(
            verdict(self.items[case]) == verdicts.PASS for _ in range(2)
        ):
            self.sound.add(case)
        return case in self.sound


def _processor_seconds() -> float:
    """Of this process and of the programs that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def verdict(item: pytest.Item) -> str:
    """Run one item with everything that it needs, and take all that down again."""
    item.stash[EARLY] = False
    reports = runtestprotocol(item, log=False, nextitem=None)
    found = [given for each in reports if (given := getattr(each, "verdict", None))]
    bad = [given for given in found if given != verdicts.PASS]
    return (bad or found or [verdicts.HARNESS_ERROR])[0]

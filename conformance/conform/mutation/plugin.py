"""The pytest plugin of a mutation run: one collection, then the scenarios again and again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from conform.databases import Scratch
from conform.mutation.bench import Bench, wipe
from conform.mutation.job import KILLED, NOT_INSTALLED, SURVIVED, Job, Outcome
from conform.mutation.mutants import Mutant
from conform.mutation.selection import functions_behind, mutants_of

MUTATION = pytest.StashKey["Mutation"]()


@dataclass
class Mutation:
    """The state of the run."""

    job: Job
    bench: Bench
    calls: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    killers: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the job is written."""
    parser.addoption("--mutation-job", help="file written by conform mutate")


def pytest_configure(config: pytest.Config) -> None:
    """Install the one database of this process."""
    job = Job.read(Path(str(config.getoption("--mutation-job"))))
    config.stash[MUTATION] = Mutation(job, Bench(job.dialect, job.place, Path(job.checkout)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    mutation = config.stash.get(MUTATION, None)
    if mutation is not None:
        mutation.bench.drop()


@pytest.fixture
def scratch(request: pytest.FixtureRequest) -> Iterator[Scratch]:
    """The database of the process, empty again afterwards."""
    mutation = request.config.stash[MUTATION]
    yield mutation.bench.scratch
    mutation.calls.setdefault(request.node.nodeid, set()).update(mutation.bench.calls())
    wipe(mutation.bench.scratch)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run everything once on the true functions, then each mutant until something notices."""
    mutation = session.config.stash[MUTATION]
    for item in session.items:
        failure = _run(item)
        if failure is not None:
            session.shouldfail = f"{item.nodeid} fails without any mutation: {failure}"
            return True
    behind = functions_behind(Path(mutation.job.checkout), mutation.job.dialect)
    with Path(mutation.job.results).open("w") as results:
        for mutant in mutants_of(mutation.job):
            items = _items(session.items, mutation, mutant, behind[mutant.function])
            print(_judge(mutation, mutant, items).as_line(), file=results, flush=True)
    return True


def _items(
    items: Sequence[pytest.Item], mutation: Mutation, mutant: Mutant, functions: set[str]
) -> list[pytest.Item]:
    """The scenarios that call one of the functions, the likeliest to notice first."""
    about = [item for item in items if mutation.calls.get(item.nodeid, set()) & functions]
    return sorted(
        about,
        key=lambda item: (
            -mutation.killers[mutant.function, item.nodeid],
            not any(function[3:] in _file(item) for function in functions),
        ),
    )


def _file(item: pytest.Item) -> str:
    return _case(item).partition(".")[0]


def _case(item: pytest.Item) -> str:
    return next((str(value) for name, value in item.user_properties if name == "case"), "")


def _judge(mutation: Mutation, mutant: Mutant, items: Sequence[pytest.Item]) -> Outcome:
    start = time.monotonic()
    try:
        mutation.bench.install(mutant.script, mutant.function)
    except Exception as reason:  # each driver has errors of its own
        mutation.bench.restore(mutant)
        return Outcome(mutant.file, mutant.line, mutant.name, NOT_INSTALLED, reason=str(reason))
    killer, reason, count = _first_to_notice(items)
    mutation.bench.restore(mutant)
    if killer is not None:
        mutation.killers[mutant.function, killer.nodeid] += 1
    return Outcome(
        mutant.file,
        mutant.line,
        mutant.name,
        SURVIVED if killer is None else KILLED,
        None if killer is None else _case(killer),
        None if reason is None else reason[:300],
        count,
        round(time.monotonic() - start, 3),
    )


def _first_to_notice(items: Sequence[pytest.Item]) -> tuple[pytest.Item | None, str | None, int]:
    """The first scenario that fails, why, and how many were run."""
    for count, item in enumerate(items, start=1):
        reason = _run(item)
        if reason is not None:
            return item, reason, count
    return None, None, len(items)


def _run(item: pytest.Item) -> str | None:
    """Run one item; why it failed, or None."""
    reports = runtestprotocol(item, log=False, nextitem=None)
    failed = [report for report in reports if report.failed]
    return str(getattr(failed[0], "reason", "") or failed[0].longreprtext) if failed else None

"""One run of the suite: every selected case on every target, and what it amounts to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform import mounts, records, verdicts
from conform.cases import Case
from conform.databases import Scratch
from conform.execution import Execution, Told, execute
from conform.labs import LABS
from conform.progress import Progress
from conform.requirements import Requirement
from conform.scheduling import longest_first
from conform.session import Session
from conform.targets import Target, template

Record = dict[str, Any]
MOST_RERUN = 20  # more failures than this are no accident
WORTH_A_WORKER = 6  # starting one costs as much as a few cases
LONG = frozenset({"thorough", *LABS})  # tags of cases that take as long as LONG_WORTH others
LONG_WORTH = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: decided completely before anything starts."""

    checkout: Path
    scenarios: Path
    cases: tuple[Case, ...]
    requirements: dict[str, Requirement]
    targets: tuple[Target, ...]
    places: dict[str, str]  # dialect -> where scratch databases are made
    workers: int
    durations: Mapping[str, float] = field(default_factory=dict[str, float])  # of an earlier run


@dataclass(slots=True)
class Tally:
    """Declared, collected and executed cases of one target; they must be equal."""

    target: Target
    declared: int = 0
    not_applicable: int = 0
    collected: int = 0
    executed: int = 0
    problems: list[str] = field(default_factory=list[str])

    @property
    def complete(self) -> bool:
        """Nothing was lost on the way."""
        return not self.problems and self.declared == self.collected == self.executed


@dataclass(slots=True)
class Lane:
    """A target on its way: its cases, its template and what came out so far."""

    target: Target
    about: list[Case]
    declared: list[Case]
    base: Scratch | None = None
    problem: str | None = None
    done: Execution = field(default_factory=Execution)


def run(plan: Plan, write: Callable[[Record], None], progress: Progress) -> list[Tally]:
    """
    Run the plan, all targets side by side, and write one record a result.

    What failed is then asked once more by itself; passing alone makes it flaky.
    """
    lanes = [_lane(plan, target) for target in plan.targets]
    stop = threading.Event()
    try:
        _side_by_side(plan, lanes, stop, progress)
        for lane in lanes:
            _rerun_alone(plan, lane, stop)
    except BaseException:
        stop.set()
        raise
    finally:
        for lane in lanes:
            if lane.base:
                lane.base.sweep()
    return [_account(plan, lane, write) for lane in lanes]


def _lane(plan: Plan, target: Target) -> Lane:
    about = [case for case in plan.cases if target.applies(case, plan.requirements)]
    declared = [case for case in about if target.declares(case, plan.requirements)]
    return Lane(target, about, declared)


def _side_by_side(
    plan: Plan, lanes: Iterable[Lane], stop: threading.Event, progress: Progress
) -> None:
    """Most scenarios wait for processes and clocks, so the targets overlap well."""
    busy = [lane for lane in lanes if lane.declared]
    with ThreadPoolExecutor(max(1, len(busy))) as pool:
        futures = [pool.submit(_execute, plan, lane, stop, progress) for lane in busy]
        try:
            for future in futures:
                future.result()
        except BaseException:
            stop.set()
            raise


def _execute(plan: Plan, lane: Lane, stop: threading.Event, progress: Progress) -> None:
    target = lane.target
    lane.base, lane.problem = template(target, plan.places[target.dialect], plan.checkout)
    told = progress.of(target.label, len(lane.declared))
    lane.done = _executed(plan, lane, lane.declared, stop, told)


def _executed(
    plan: Plan,
    lane: Lane,
    cases: Iterable[Case],
    stop: threading.Event,
    told: Told,
    alone: bool = False,
) -> Execution:
    """What comes of the cases; those that need a namespace of their own run beside the rest."""
    done = Execution()
    parts = [[c for c in cases if (mounts.TAG in c.tags) == mounting] for mounting in (False, True)]
    shares = (1, 1) if alone else _workers(plan, lane, *parts)
    with ThreadPoolExecutor(1 if alone else len(parts)) as pool:
        running = [
            pool.submit(execute, _session(plan, lane, part), share, stop, told, part is parts[1])
            for part, share in zip(parts, shares, strict=True)
            if part and not stop.is_set()
        ]
        for each in running:
            done.add(each.result())
    return done


def _workers(
    plan: Plan, lane: Lane, usual: Sequence[Case], mounting: Sequence[Case]
) -> tuple[int, int]:
    """
    How many processes run the usual cases, and those with a namespace of their own.

    The database itself keeps one processor busy; implementations mostly wait.
    """
    if lane.target.implementation is None:
        return 1, 1
    shares = [sum(LONG_WORTH if c.tags & LONG else 1 for c in part) for part in (usual, mounting)]
    most = max(1, min(plan.workers, sum(shares) // WORTH_A_WORKER))
    if not usual or not mounting:
        return most, most
    apart = max(1, most * shares[1] // sum(shares))
    return max(1, most - apart), apart


def _session(plan: Plan, lane: Lane, cases: Iterable[Case]) -> Session:
    target = lane.target
    assert lane.base is not None
    return Session(
        checkout=str(plan.checkout),
        scenarios=str(plan.scenarios),
        dialect=target.dialect,
        template_url=lane.base.url,
        place=lane.base.place,
        implementation=str(target.implementation.folder) if target.implementation else None,
        url=target.url,
        cases=tuple(case.identity for case in longest_first(list(cases), plan.durations)),
    )


def _rerun_alone(plan: Plan, lane: Lane, stop: threading.Event) -> None:
    failed = [case for case in lane.declared if lane.done.verdict(case) in verdicts.FINDINGS]
    if not failed or len(failed) > MOST_RERUN:
        return
    again = _executed(plan, lane, failed, stop, None, alone=True)
    for case in failed:
        if again.verdict(case) == verdicts.PASS:
            lane.done.results[case.key]["verdict"] = verdicts.FLAKY


def _account(plan: Plan, lane: Lane, write: Callable[[Record], None]) -> Tally:
    """Write the records of a target and count them."""
    tally = Tally(lane.target, len(lane.declared), len(lane.about) - len(lane.declared))
    keys = {case.key for case in lane.declared}
    tally.collected = len(keys & set(lane.done.collected))
    tally.executed = len(keys & set(lane.done.results))
    for record in _records(plan, lane):
        write(record)
    for record in _own_records(lane):
        tally.declared, tally.collected = tally.declared + 1, tally.collected + 1
        tally.executed += 1
        write(record)
    if not tally.complete:
        tail = " ".join(" ".join(lane.done.output.splitlines()[-3:]).split())[-600:]
        text = f"declared {tally.declared}, collected {tally.collected}, executed {tally.executed}"
        tally.problems.append(f"{lane.target.label}: {text}: {tail}")
    return tally


def _records(plan: Plan, lane: Lane) -> Iterator[Record]:
    declared = {case.key for case in lane.declared}
    for case in lane.about:
        if case.key not in declared:
            result: Record | None = {"verdict": verdicts.NOT_APPLICABLE}
        else:
            result = lane.done.results.get(case.key)
        if result is not None:
            yield records.of_case(lane.target, case, result, plan.requirements)


def _own_records(lane: Lane) -> Iterator[Record]:
    if lane.declared:
        yield from records.of_template(lane.target, lane.problem)
        yield from records.of_deviations(lane.target, lane.declared, lane.done)

"""One run of the suite: every selected case on every target, and what it amounts to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform import verdicts
from conform.cases import Case
from conform.databases import Scratch
from conform.execution import Execution, execute
from conform.implementation import Deviation
from conform.requirements import Requirement
from conform.session import Session
from conform.targets import Target, template, verdict_of

Record = dict[str, Any]
INIT_REQUIREMENT = "cli/db-init/makes-the-database-of-db"
MOST_RERUN = 20  # more failures than this are no accident


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


def run(plan: Plan, write: Callable[[Record], None]) -> list[Tally]:
    """Run the plan and write one record a result."""
    return [_run_target(plan, target, write) for target in plan.targets]


def _run_target(plan: Plan, target: Target, write: Callable[[Record], None]) -> Tally:
    about = [case for case in plan.cases if target.applies(case, plan.requirements)]
    declared = [case for case in about if target.declares(case, plan.requirements)]
    tally = Tally(target, len(declared), len(about) - len(declared))
    for case in about:
        if case not in declared:
            write(_record(plan, target, case, {"verdict": verdicts.NOT_APPLICABLE}))
    if not declared:
        return tally
    base, problem = template(target, plan.places[target.dialect], plan.checkout)
    _judge_template(target, problem, tally, write)
    try:
        done = execute(_session(plan, target, base, declared), _workers(plan, declared))
        _rerun_alone(plan, target, base, declared, done)
    finally:
        base.sweep()
    _write_results(plan, target, declared, done, tally, write)
    return tally


def _judge_template(
    target: Target, problem: str | None, tally: Tally, write: Callable[[Record], None]
) -> None:
    """``db init`` is tried once a target; its verdict is one more case."""
    if target.implementation is None:
        return
    record = _own_case(target, tally, "db-init:0", INIT_REQUIREMENT, problem)
    record["scenario"] = "Its own db init makes the database that db/ describes"
    if problem:
        record["repro"] = " ".join((*target.implementation.cli, "db", "init", "--database", "URL"))
    write(record)


def _judge_deviations(
    target: Target, declared: list[Case], done: Execution, tally: Tally
) -> Iterable[Record]:
    """A deviation that holds after all must go, or the list would rot."""
    for deviation in _deviations(target):
        found = {_verdict(done, c) for c in declared if deviation.requirement in c.requirements}
        if found == {verdicts.PASS}:
            text = f"{deviation.requirement} holds: remove it from the deviations of impl.yaml"
            record = _own_case(target, tally, "impl.yaml:0", deviation.requirement, text)
            yield {**record, "scenario": "An accepted deviation still is one"}


def _own_case(
    target: Target, tally: Tally, case: str, requirement: str, problem: str | None
) -> Record:
    """A verdict that the runner gives itself; it counts like a scenario."""
    tally.declared += 1
    tally.collected += 1
    tally.executed += 1
    return {
        "record": "result",
        "implementation": target.column,
        "database": target.dialect,
        "case": case,
        "requirements": [requirement],
        "duration_seconds": 0.0,
        "verdict": verdicts.FAIL if problem else verdicts.PASS,
        **({"message": problem} if problem else {}),
    }


def _workers(plan: Plan, declared: list[Case]) -> int:
    """Starting workers costs more than a few cases take."""
    return plan.workers if len(declared) > 4 else 1


def _session(plan: Plan, target: Target, base: Scratch, cases: Iterable[Case]) -> Session:
    return Session(
        checkout=str(plan.checkout),
        scenarios=str(plan.scenarios),
        dialect=target.dialect,
        template_url=base.url,
        place=base.place,
        implementation=str(target.implementation.folder) if target.implementation else None,
        url=target.url,
        keys=tuple(case.key for case in cases),
    )


def _rerun_alone(
    plan: Plan, target: Target, base: Scratch, declared: list[Case], done: Execution
) -> None:
    """What failed beside others is asked once more by itself; passing then is flaky."""
    failed = [c for c in declared if _verdict(done, c) in verdicts.FINDINGS]
    if not failed or len(failed) > MOST_RERUN or _workers(plan, declared) == 1:
        return
    again = execute(_session(plan, target, base, failed), workers=1)
    for case in failed:
        if _verdict(again, case) == verdicts.PASS:
            done.results[case.key]["verdict"] = verdicts.FLAKY


def _verdict(done: Execution, case: Case) -> str | None:
    return done.results.get(case.key, {}).get("verdict")


def _write_results(
    plan: Plan,
    target: Target,
    declared: list[Case],
    done: Execution,
    tally: Tally,
    write: Callable[[Record], None],
) -> None:
    keys = {case.key for case in declared}
    tally.collected += len(keys & set(done.collected))
    for case in declared:
        result = done.results.get(case.key)
        if result is None:
            continue
        tally.executed += 1
        write(_record(plan, target, case, result))
    for record in _judge_deviations(target, declared, done, tally):
        write(record)
    if not tally.complete:
        tail = " ".join(" ".join(done.output.splitlines()[-3:]).split())[-600:]
        text = f"declared {tally.declared}, collected {tally.collected}, executed {tally.executed}"
        tally.problems.append(f"{target.label}: {text}: {tail}")


def _record(plan: Plan, target: Target, case: Case, result: Record) -> Record:
    verdict = verdict_of(result["verdict"], case, plan.requirements)
    accepted = {d.requirement: d.reason for d in _deviations(target)}
    reasons = [accepted[each] for each in case.requirements if each in accepted]
    if verdict in verdicts.FINDINGS and reasons:
        verdict, result = verdicts.WARN, {**result, "deviation": reasons[0]}
    record = {
        "record": "result",
        "implementation": target.column,
        "database": target.dialect,
        "case": case.key,
        "scenario": case.title,
        "requirements": list(case.requirements),
        **result,
        "verdict": verdict,
    }
    if verdict not in (verdicts.PASS, verdicts.NOT_APPLICABLE):
        record["repro"] = target.repro(case)
    return record


def _deviations(target: Target) -> tuple[Deviation, ...]:
    return target.implementation.deviations if target.implementation else ()

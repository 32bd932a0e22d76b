"""The records of a target: one a case, and the verdicts that the runner gives itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conform import verdicts
from conform.cases import Case
from conform.execution import Execution
from conform.implementation import Deviation
from conform.requirements import Requirement
from conform.targets import Target, verdict_of

Record = dict[str, Any]
INIT_REQUIREMENT = "cli/db-init/makes-the-database-of-db"


def of_case(
    target: Target, case: Case, result: Record, requirements: Mapping[str, Requirement]
) -> Record:
    """What the run says about one case of the target."""
    verdict = verdict_of(result["verdict"], case, requirements)
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


def of_template(target: Target, problem: str | None) -> Iterator[Record]:
    """``db init`` is tried once a target; its verdict is one more case."""
    if target.implementation is None:
        return
    record = _own(target, "db-init:0", INIT_REQUIREMENT, problem)
    record["scenario"] = "Its own db init makes the database that db/ describes"
    if problem:
        record["repro"] = " ".join((*target.implementation.cli, "db", "init", "--database", "URL"))
    yield record


def of_deviations(target: Target, declared: Sequence[Case], done: Execution) -> Iterator[Record]:
    """A deviation that holds after all must go, or the list would rot."""
    for deviation in _deviations(target):
        found = {done.verdict(c) for c in declared if deviation.requirement in c.requirements}
        if found == {verdicts.PASS}:
            text = f"{deviation.requirement} holds: remove it from the deviations of impl.yaml"
            record = _own(target, "impl.yaml:0", deviation.requirement, text)
            yield {**record, "scenario": "An accepted deviation still is one"}


def _own(target: Target, case: str, requirement: str, problem: str | None) -> Record:
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


def _deviations(target: Target) -> tuple[Deviation, ...]:
    return target.implementation.deviations if target.implementation else ()

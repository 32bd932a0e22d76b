"""One soak on one database: play the plan, then see whether everything is as it must be."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform.databases import Scratch
from conform.implementation import Implementation
from conform.model import judge
from conform.recorder import Recorder
from conform.soak.cast import Cast
from conform.soak.plan import Plan
from conform.soak.watching import Watcher
from conform.world.fleet import FRAISE, Fleet
from conform.world.leftovers import end_all
from conform.world.outage import pause
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace

END_SECONDS = 180.0
OPEN = "SELECT count(*) AS n FROM tb_deployment WHERE status IN ('pending', 'in_progress')"
OUTCOMES = "SELECT status, count(*) AS n FROM tb_deployment GROUP BY status"
SERVED = "SELECT environment, current_commit FROM v_fraise_status"
ROLLBACKS = """
SELECT d.environment, count(*) AS n FROM tb_deployment_step s
  JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
 WHERE s.step = 'rollback' GROUP BY d.environment
"""
EVENTS = "SELECT pk_event, event_type, entity_id, environment, payload FROM tb_event"


@dataclass(slots=True)
class Outcome:
    """What came of a soak."""

    dialect: str
    seed: int
    kills: Counter[str] = field(default_factory=Counter[str])
    deployments: dict[str, int] = field(default_factory=dict[str, int])
    taken_over: int = 0
    looks: int = 0
    seconds: float = 0.0
    story: list[str] = field(default_factory=list[str])
    found: list[str] = field(default_factory=list[str])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def soak(
    plan: Plan, manifest: Implementation, template: Scratch, seconds: float, base: Path
) -> Outcome:
    """Play the plan for at most so long, and judge; never raises for what the subject does."""
    outcome = Outcome(template.dialect, plan.seed)
    began = time.monotonic()
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-", dir=base)).resolve())
    scratch = template.lend()
    try:
        with ExitStack() as stack:
            subject = Subject(manifest, workspace, scratch, Recorder())
            stack.callback(subject.end)
            _play(plan, subject, Fleet(workspace, plan.environments, stack), outcome, seconds)
    finally:
        outcome.seconds = time.monotonic() - began
        scratch.give_back()
        end_all(workspace.folder)
        shutil.rmtree(workspace.folder, ignore_errors=True)
    return outcome


def _play(plan: Plan, subject: Subject, fleet: Fleet, outcome: Outcome, seconds: float) -> None:
    for number in range(plan.commits):
        fleet.commit(broken=number in plan.broken)
    synced = subject.cli("deploy", FRAISE, fleet.environments[0], "--json")
    if synced.exit:
        outcome.found.append(f"the first deployment failed: {synced.stdout[-500:]}")
        return
    cast = Cast(subject, plan.environments)
    with Watcher(subject.scratch) as watcher:
        deadline = time.monotonic() + seconds
        try:
            _disturb(plan, cast, fleet, outcome, watcher, deadline)
            _come_to_rest(subject, cast, fleet)
        except AssertionError as error:
            outcome.found.append(str(error))
        cast.finish()
    outcome.looks = watcher.looks
    outcome.found += [*watcher.found, *cast.complaints]
    _judge(subject, fleet, plan, outcome)


def _disturb(
    plan: Plan, cast: Cast, fleet: Fleet, outcome: Outcome, watcher: Watcher, deadline: float
) -> None:
    """The actions, one after another; the first violation ends them."""
    for action in plan.actions:
        cast.keep_alive()
        for where, what in action.requests:
            _ask(cast.subject, fleet.environments[where], fleet.commits[what])
        pause(action.pause_seconds)
        done = cast.do(action)
        while not done and time.monotonic() < deadline:  # it had just ended by itself
            cast.keep_alive()
            pause(0.3)
            done = cast.do(action)
        outcome.kills[action.how] += done
        outcome.story.append(str(action))
        if watcher.found or cast.complaints or time.monotonic() > deadline:
            return


def _ask(subject: Subject, environment: str, commit: str) -> None:
    subject.scratch.call(
        "fn_request_deployment",
        fraise=FRAISE,
        environment=environment,
        git_branch="main",
        git_commit=commit,
        trigger_type="api",
    )


def _come_to_rest(subject: Subject, cast: Cast, fleet: Fleet) -> None:
    """Everybody is killed once more; two new observers finish all, and the last commit."""
    cast.finish()
    observers = [subject.spawn("observe", "--lease-seconds", "5", "--json") for _ in range(2)]
    _all_ended(subject)
    for environment in fleet.environments:
        _ask(subject, environment, fleet.commits[-1])
    _all_ended(subject)
    for observer in observers:
        status = observer.stop(60)
        assert status == 0, f"an observer ended with {status}: {observer.tail()}"


def _all_ended(subject: Subject) -> None:
    question = subject.scratch.row
    eventually(lambda: question(OPEN)["n"] == 0, "the end of every deployment", END_SECONDS)


def _judge(subject: Subject, fleet: Fleet, plan: Plan, outcome: Outcome) -> None:
    rows = subject.scratch.rows
    outcome.deployments = {row["status"]: row["n"] for row in rows(OUTCOMES)}
    outcome.events = rows(EVENTS)
    outcome.taken_over = sum(e["event_type"] == "deployment.taken_over" for e in outcome.events)
    outcome.found += judge.violations(lambda sql: rows(sql), deployers=True)
    outcome.found += _wrongly_served(fleet, rows(SERVED))
    outcome.found += _started_too_often(fleet, plan, rows(ROLLBACKS))


def _wrongly_served(fleet: Fleet, recorded: list[dict[str, Any]]) -> Iterator[str]:
    """At rest every environment runs, and is recorded to run, the last commit."""
    last, started = fleet.commits[-1], fleet.started()
    for row in recorded:
        place = row["environment"]
        runs = started[place][-1][0] if place in started else "nothing"
        if (row["current_commit"], runs) != (last, last):
            yield f"{place} runs {runs}, recorded is {row['current_commit']}, asked was {last}"


def _started_too_often(fleet: Fleet, plan: Plan, rollbacks: list[dict[str, Any]]) -> Iterator[str]:
    """A release that works is started by its cutover, and once more by each rollback to it."""
    allowed = {row["environment"]: 1 + row["n"] for row in rollbacks}
    broken = {fleet.commits[number] for number in plan.broken}
    for place, marks in fleet.started().items():
        counts = Counter(release for commit, release in marks if commit not in broken)
        for release, count in counts.items():
            if count > allowed.get(place, 1):
                yield f"{place} started {release} {count} times"


def write(outcome: Outcome, folder: Path) -> Path:
    """The trace of a soak that found something."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"soak-{outcome.dialect}-{outcome.seed}.ndjson"
    lines = [{"violation": text} for text in outcome.found]
    lines += [{"action": text} for text in outcome.story]
    lines += [{"event": event} for event in outcome.events]
    path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines))
    return path

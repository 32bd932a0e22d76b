"""Steps of scenarios with many requests for many environments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from pytest_bdd import given, then, when

from conform import trace
from conform.steps.deploy_sentences import sentence
from conform.world.fleet import Fleet
from conform.world.processes import Running
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually

OPEN = "SELECT count(*) AS n FROM tb_deployment WHERE status IN ('pending', 'in_progress')"
ALL = "SELECT id, status, superseded_by, environment, git_commit FROM tb_deployment"
SERVED = "SELECT environment, current_commit FROM v_fraise_status ORDER BY environment"
END_SECONDS = 600.0
BACKLOG = 10  # a push comes when no more than so many environments still have work


@dataclass(slots=True)
class Crowd:
    """A fleet, who works for it, and what was pushed to it."""

    subject: Subject
    stack: ExitStack
    workers: list[Running] = field(default_factory=list[Running])
    made: list[Fleet] = field(default_factory=list[Fleet])
    server: Server | None = None

    @property
    def fleet(self) -> Fleet:
        """The only one."""
        return self.made[0]

    def push(self) -> None:
        """A new commit, and the one delivery that asks for it everywhere."""
        assert self.server is not None
        commit = self.fleet.commit()
        answer = self.server.post_webhook(self.subject.workspace.push_event(commit=commit))
        assert answer.status == 202, answer.text

    def open(self) -> int:
        """How many deployments have not ended."""
        return self.subject.scratch.row(OPEN)["n"]


@pytest.fixture
def crowd(implementation: Subject) -> Iterator[Crowd]:
    """The fleet of one scenario and those who work for it."""
    with ExitStack() as stack:
        yield Crowd(implementation, stack)


@given(sentence("a service in {count:d} environments"))
def environments(crowd: Crowd, count: int) -> None:
    """A push to the branch main asks for all of them."""
    crowd.made.append(Fleet(crowd.subject.workspace, count, crowd.stack))


@given("a server, and two observers beside it")
def two_observers(crowd: Crowd) -> None:
    """The server only accepts."""
    crowd.server = crowd.subject.serve(observer=False)
    crowd.workers = [crowd.subject.spawn("observe", "--json") for _ in range(2)]


@given("a server with its observer, and three observers beside it")
def four_processes(crowd: Crowd) -> None:
    """Four processes write one database."""
    crowd.server = crowd.subject.serve(observer=True)
    crowd.workers = [crowd.subject.spawn("observe", "--json") for _ in range(3)]


@when(sentence("{pushes:d} pushes come, faster than they can be deployed"))
def pushes(crowd: Crowd, pushes: int) -> None:
    """Each finds some environments at work and others with older requests that wait."""
    for _ in range(pushes):
        eventually(lambda: crowd.open() <= BACKLOG, "room for the next push", END_SECONDS)
        crowd.push()


@then(sentence("each of the {count:d} requests has succeeded or gives way to a newer one"))
def each_has_ended(crowd: Crowd, count: int) -> None:
    """None is lost, none is left, and none is there twice."""
    eventually(lambda: crowd.open() == 0, "the end of every deployment", END_SECONDS)
    rows = crowd.subject.scratch.rows(ALL)
    outcomes = Counter(str(row["status"]) for row in rows)
    asked = Counter((row["environment"], row["git_commit"]) for row in rows)
    fleet = crowd.fleet
    wanted = Counter((e, commit) for e in fleet.environments for commit in fleet.commits)
    assert asked == wanted, "requests are lost or doubled"
    assert len(rows) == count, outcomes
    assert set(outcomes) <= {"success", "superseded"}, outcomes
    assert outcomes["success"] >= len(fleet.environments), outcomes


@then("no environment has gone back to an older commit, or started one twice")
def in_order(crowd: Crowd) -> None:
    """The services' own marks."""
    order = {commit: number for number, commit in enumerate(crowd.fleet.commits)}
    started = crowd.fleet.started()
    assert sorted(started) == sorted(crowd.fleet.environments)
    for environment, marks in started.items():
        numbers = [order[commit] for commit, _ in marks]
        assert all(a < b for a, b in pairwise(numbers)), f"{environment} started {numbers}"
        assert numbers[-1] == len(order) - 1, f"{environment} ends with {numbers[-1]}"


@then("every environment serves the last commit, and the log says how it came so")
def all_serve(crowd: Crowd) -> None:
    """The record equals what runs; the event log is complete."""
    rows, fleet = crowd.subject.scratch.rows(SERVED), crowd.fleet
    served = {row["environment"]: row["current_commit"] for row in rows}
    assert served == dict.fromkeys(fleet.environments, fleet.commits[-1])
    found = trace.violations(lambda sql: crowd.subject.scratch.rows(sql))
    assert found == [], "\n".join(found[:20])


@then("every worker had its share and ends well")
def shares(crowd: Crowd) -> None:
    """Nobody only watched."""
    rows = crowd.subject.scratch.rows("SELECT DISTINCT worker FROM tb_deployment")
    workers = {row["worker"] for row in rows if row["worker"]}
    assert len(workers) >= len(crowd.workers), workers
    assert [worker.stop(60) for worker in crowd.workers] == [0] * len(crowd.workers)

"""Steps of scenarios with many requests for many environments."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from pytest_bdd import given, then, when

from conform import trace
from conform.steps.deploy_sentences import sentence
from conform.world.processes import Running
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually

# The cheapest real service: it says where and what it is, and does nothing for an hour.
RUN = '#!/bin/sh\necho "$FRAISIER_ENVIRONMENT $FRAISIER_COMMIT" >> {marks}\nexec sleep 3600\n'
OPEN = "SELECT count(*) AS n FROM tb_deployment WHERE status IN ('pending', 'in_progress')"
ALL = "SELECT id, status, superseded_by, environment, git_commit FROM tb_deployment"
SERVED = "SELECT environment, current_commit FROM v_fraise_status ORDER BY environment"
END_SECONDS = 600.0
BACKLOG = 10  # a push comes when no more than so many environments still have work


class _Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Every service is well."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@dataclass(slots=True)
class Fleet:
    """One fraise in many environments, and what was pushed to all of them."""

    subject: Subject
    stack: ExitStack
    environments: tuple[str, ...] = ()
    commits: list[str] = field(default_factory=list[str])
    accepted: list[str] = field(default_factory=list[str])
    workers: list[Running] = field(default_factory=list[Running])
    server: Server | None = None

    @property
    def marks(self) -> Path:
        """Where every start of a service is written down."""
        return self.subject.workspace.folder / "fleet-marks"

    def push(self) -> None:
        """A new commit, and the one delivery that asks for it everywhere."""
        assert self.server is not None
        workspace, number = self.subject.workspace, str(len(self.commits))
        self.commits.append(workspace.repository.commit_files({"number": number}, number))
        answer = self.server.post_webhook(workspace.push_event(commit=self.commits[-1]))
        assert answer.status == 202, answer.text
        self.accepted.append(answer.text)

    def open(self) -> int:
        """How many deployments have not ended."""
        return self.subject.scratch.row(OPEN)["n"]


@pytest.fixture
def fleet(implementation: Subject) -> Iterator[Fleet]:
    """The fleet of one scenario."""
    with ExitStack() as stack:
        yield Fleet(implementation, stack)


@given(sentence("a service in {count:d} environments"))
def environments(fleet: Fleet, count: int) -> None:
    """A push to the branch main asks for all of them."""
    workspace = fleet.subject.workspace
    fleet.marks.touch()
    fleet.environments = tuple(f"e{number:02}" for number in range(count))
    well = ThreadingHTTPServer(("127.0.0.1", 0), _Well)
    threading.Thread(target=well.serve_forever, daemon=True).start()
    fleet.stack.callback(well.server_close)
    fleet.stack.callback(well.shutdown)
    check = {"url": f"http://127.0.0.1:{well.server_port}/", "timeout": 30, "interval": 0.05}
    workspace.configure(
        "fleet", fleet.environments, {}, program="run.sh", health_check=check, type="worker"
    )
    document = yaml.safe_load(workspace.config.read_text())
    for each in document["fraises"]["fleet"]["environments"].values():
        each["target"]["command"] = ["sh", "run.sh"]
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
    workspace.repository.commit_files({"run.sh": RUN.format(marks=fleet.marks)}, "fleet")


@given("a server, and two observers beside it")
def two_observers(fleet: Fleet) -> None:
    """The server only accepts."""
    fleet.server = fleet.subject.serve(observer=False)
    fleet.workers = [fleet.subject.spawn("observe", "--json") for _ in range(2)]


@given("a server with its observer, and three observers beside it")
def four_processes(fleet: Fleet) -> None:
    """Four processes write one database."""
    fleet.server = fleet.subject.serve(observer=True)
    fleet.workers = [fleet.subject.spawn("observe", "--json") for _ in range(3)]


@when(sentence("{pushes:d} pushes come, faster than they can be deployed"))
def pushes(fleet: Fleet, pushes: int) -> None:
    """Each finds some environments at work and others with older requests that wait."""
    for _ in range(pushes):
        eventually(lambda: fleet.open() <= BACKLOG, "room for the next push", END_SECONDS)
        fleet.push()


@then(sentence("each of the {count:d} requests has succeeded or gives way to a newer one"))
def each_has_ended(fleet: Fleet, count: int) -> None:
    """None is lost, none is left, and none is there twice."""
    eventually(lambda: fleet.open() == 0, "the end of every deployment", END_SECONDS)
    rows = fleet.subject.scratch.rows(ALL)
    outcomes = Counter(str(row["status"]) for row in rows)
    asked = Counter((row["environment"], row["git_commit"]) for row in rows)
    wanted = Counter((e, commit) for e in fleet.environments for commit in fleet.commits)
    assert asked == wanted, "requests are lost or doubled"
    assert len(rows) == count, outcomes
    assert set(outcomes) <= {"success", "superseded"}, outcomes
    assert outcomes["success"] >= len(fleet.environments), outcomes
    print(f"of {count} requests: {dict(outcomes)}")


@then("no environment has gone back to an older commit, or started one twice")
def in_order(fleet: Fleet) -> None:
    """The services' own marks."""
    order = {commit: number for number, commit in enumerate(fleet.commits)}
    started: dict[str, list[int]] = {name: [] for name in fleet.environments}
    for line in fleet.marks.read_text().splitlines():
        environment, commit = line.split()
        started[environment].append(order[commit])
    for environment, numbers in started.items():
        assert all(a < b for a, b in pairwise(numbers)), f"{environment} started {numbers}"
        assert numbers[-1] == len(fleet.commits) - 1, f"{environment} ends with {numbers[-1]}"


@then("every environment serves the last commit, and the log says how it came so")
def all_serve(fleet: Fleet) -> None:
    """The record equals what runs; the event log is complete."""
    served = {
        row["environment"]: row["current_commit"] for row in fleet.subject.scratch.rows(SERVED)
    }
    assert served == dict.fromkeys(fleet.environments, fleet.commits[-1])
    found = trace.violations(lambda sql: fleet.subject.scratch.rows(sql))
    assert found == [], "\n".join(found[:20])


@then("every worker had its share and ends well")
def shares(fleet: Fleet) -> None:
    """Nobody only watched."""
    rows = fleet.subject.scratch.rows("SELECT DISTINCT worker FROM tb_deployment")
    workers = {row["worker"] for row in rows if row["worker"]}
    assert len(workers) >= len(fleet.workers), workers
    assert [worker.stop(60) for worker in fleet.workers] == [0] * len(fleet.workers)

"""Pushes through many connections while the server is killed: none is lost, none is double."""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from conform.databases import Scratch
from conform.implementation import Implementation
from conform.torture import commits, judge
from conform.torture.sender import Forge, Push
from conform.torture.subjects import tortured
from conform.world.fleet import FRAISE, Fleet
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace

END_SECONDS = 300.0
LOOK_SECONDS = 0.005
OPEN = "SELECT count(*) AS n FROM tb_deployment WHERE status IN ('pending', 'in_progress')"
OUTCOMES = "SELECT status, count(*) AS n FROM tb_deployment GROUP BY status"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of what."""

    pushes: int
    connections: int
    kills: int = 3
    environments: int = 8


@dataclass(slots=True)
class Outcome:
    """What came of a storm: ``lost`` of pushes, ``stale`` of deployments, ``found`` is all."""

    plan: Plan
    dialect: str
    kills: int = 0
    repeated: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    deployments: dict[str, int] = field(default_factory=dict[str, int])
    lost: list[str] = field(default_factory=list[str])
    stale: list[str] = field(default_factory=list[str])
    found: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        """The outcome in one line."""
        ordered = sorted(self.latencies) or [0.0]
        p50, p99 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        return (
            f"{self.dialect}, {self.plan.connections} connections: {self.plan.pushes} pushes in "
            f"{self.seconds:.1f} s ({self.plan.pushes / max(self.seconds, 0.001):.0f}/s, p50 "
            f"{p50:.0f} ms, p99 {p99:.0f} ms), {self.kills} kills, {self.repeated} repeated, "
            f"deployments {self.deployments}, violations {len(self.found)}"
        )


class Prey:
    """The server that is killed, and where its successor listens."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._server: Server | None = None
        self.kills = 0

    def url(self) -> str | None:
        """Where it listens; None between two lives."""
        return self._server.url if self._server else None

    def start(self) -> None:
        """A server with its observer, by the start contract."""
        self._server = self._subject.serve()

    async def hunt(self, forge: Forge, thresholds: list[int]) -> None:
        """Kill it whenever so many pushes were answered, and start the next one."""
        for threshold in thresholds:
            while forge.answered < threshold:
                await asyncio.sleep(LOOK_SECONDS)
            server, self._server = self._server, None
            assert server is not None
            await asyncio.to_thread(server.kill)
            self.kills += 1
            await asyncio.to_thread(self.start)


def storm(plan: Plan, manifest: Implementation, template: Scratch, base: Path) -> Outcome:
    """Send, kill, repeat, and judge; never raises for what the subject does."""
    outcome = Outcome(plan, template.dialect)
    with tortured(manifest, template, base, outcome.found) as subject, ExitStack() as stack:
        weather(plan, subject, outcome, stack)
    return outcome


def weather(plan: Plan, subject: Subject, outcome: Outcome, stack: ExitStack) -> None:
    """
    The storm itself, on a subject that somebody else ends.

    Raises:
        AssertionError: It did not come to an end.
    """
    fleet = Fleet(subject.workspace, plan.environments, stack)
    lanes, last = _pushes(plan, subject.workspace, fleet)
    prey = Prey(subject)
    prey.start()
    origin = str(subject.workspace.repository.origin)
    forge = Forge(subject.workspace.secret, origin, prey.url)
    began = time.monotonic()
    asyncio.run(_blow(plan, forge, prey, lanes))
    outcome.seconds = time.monotonic() - began
    asyncio.run(forge.send([[push] for push in last]))
    outcome.kills, outcome.repeated = prey.kills, forge.repeated
    outcome.latencies = forge.latencies
    question = subject.scratch.row
    eventually(lambda: question(OPEN)["n"] == 0, "the end of every deployment", END_SECONDS)
    rows = subject.scratch.rows(OUTCOMES)
    outcome.deployments = {row["status"]: row["n"] for row in rows}
    if prey.kills < plan.kills:
        outcome.found.append(f"{prey.kills} of {plan.kills} kills")
    pushes = [push for lane in lanes for push in lane] + last
    outcome.lost = judge.deliveries(subject.scratch.rows, pushes)
    outcome.stale = judge.deployments(subject.scratch.rows, fleet.started())
    outcome.found += outcome.lost + outcome.stale


async def _blow(plan: Plan, forge: Forge, prey: Prey, lanes: list[list[Push]]) -> None:
    thresholds = [plan.pushes * (n + 1) // (plan.kills + 1) for n in range(plan.kills)]
    await asyncio.gather(forge.send(lanes), prey.hunt(forge, thresholds))


def _pushes(plan: Plan, workspace: Workspace, fleet: Fleet) -> tuple[list[list[Push]], list[Push]]:
    """
    A lane for each connection, all of one environment; and the last push of each
    environment, which is sent when all others are answered.
    """
    origin, home = workspace.repository.origin, workspace.home
    known = commits.many(origin, plan.pushes, home)
    lanes: list[list[Push]] = [[] for _ in range(plan.connections)]
    storm, rest = known[: -plan.environments], known[-plan.environments :]
    for number, commit in enumerate(storm):
        lane = number % plan.connections
        environment = fleet.environments[lane % plan.environments]
        lanes[lane].append(Push(f"to-{environment}", commit, str(uuid.uuid4())))
    last = [
        Push(f"to-{environment}", commit, str(uuid.uuid4()))
        for environment, commit in zip(fleet.environments, rest, strict=True)
    ]
    _branches(workspace, fleet, known[-1])
    return lanes, last


def _branches(workspace: Workspace, fleet: Fleet, head: str) -> None:
    """Every environment listens to a branch of its own."""
    document = yaml.safe_load(workspace.config.read_text())
    document["branch_mapping"] = {}
    for name in fleet.environments:
        document["fraises"][FRAISE]["environments"][name]["branch"] = f"to-{name}"
        commits.branch(workspace.repository.origin, f"to-{name}", head, workspace.home)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))

"""Clients that mean harm: huge bodies, slow ones, wrong signatures; the server shrugs."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from conform.databases import Scratch
from conform.implementation import Implementation
from conform.torture.clients import Address, huge_body, slow_client, wrong_signatures
from conform.torture.memory import resident_mib
from conform.torture.sender import Forge, Push
from conform.torture.subjects import tortured
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace

GROWTH_MIB_MAX = 30.0
HEALTH_P99_SECONDS_MAX = 0.050
NOBODY = "nobody"
QUIET_SECONDS = 5.0
START_SECONDS = 60.0
BUSY_TIMES = 3  # a machine on which /health is slow by itself: only more than so often counts
WARM_UP = 300
SETTLE_SECONDS = 20.0
OBSERVERS = "SELECT count(*) AS n FROM v_worker WHERE alive"
STORED = "SELECT count(*) AS n FROM tb_webhook_event"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many of what."""

    wrong: int = 100_000
    slow: int = 500
    huge_mib: int = 200
    connections: int = 64
    seconds: float = 20.0  # that the slow ones hold on


@dataclass(slots=True)
class Part:
    """What one kind of attack did to memory and to /health."""

    name: str
    answers: Counter[str]
    seconds: float
    resident_mib: float
    health: list[float]

    def p99(self) -> float:
        """Of /health meanwhile, in seconds."""
        ordered = sorted(self.health) or [0.0]
        return ordered[int(len(ordered) * 0.99)]

    def line(self) -> str:
        """The part in one line."""
        return (
            f"{self.name}: {dict(self.answers)} in {self.seconds:.1f} s, "
            f"{self.resident_mib:.1f} MiB, /health p99 {1000 * self.p99():.1f} ms of "
            f"{len(self.health)}"
        )


@dataclass(slots=True)
class Siege:
    """What came of it."""

    dialect: str
    before_mib: float = 0.0
    after_mib: float = 0.0
    stored: int = 0  # of what was hostile
    parts: list[Part] = field(default_factory=list[Part])
    found: list[str] = field(default_factory=list[str])

    def taken(self) -> list[str]:
        """Answers that are no refusal; to be overloaded (503) is one."""
        return [
            f"{part.name}: answered with {sorted(wrong)}"
            for part in self.parts
            if (wrong := {a for a in part.answers if a[0] in "25"} - {"503"})
        ]

    def line(self) -> str:
        """The outcome, a line for each part and one for memory."""
        growth = self.after_mib - self.before_mib
        lines = [f"{self.dialect}, {part.line()}" for part in self.parts]
        lines.append(
            f"{self.dialect}, hostile clients: memory {self.before_mib:.1f} -> "
            f"{self.after_mib:.1f} MiB ({growth:+.1f}), violations {len(self.found)}"
        )
        return "\n".join(lines)


def besiege(numbers: Numbers, manifest: Implementation, template: Scratch, base: Path) -> Siege:
    """Attack a server in every way; never raises for what the subject does."""
    siege = Siege(template.dialect)
    with tortured(manifest, template, base, siege.found) as subject:
        _configure(subject.workspace)
        server = subject.serve()
        _observer_is_there(subject)
        asyncio.run(attack(numbers, subject, server, siege))
    return siege


def _configure(workspace: Workspace) -> None:
    """The implementation's own limit of failures, not the one that scenarios live with."""
    workspace.configure()
    document = yaml.safe_load(workspace.config.read_text())
    document["server"].pop("failed_signatures", None)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


async def attack(numbers: Numbers, subject: Subject, server: Server, siege: Siege) -> None:
    """All attacks, one after another, and what they left behind."""
    forge = Forge(
        subject.workspace.secret, "https://github.com/example/shop.git", lambda: server.url
    )
    await forge.send([_ignored(WARM_UP // 4) for _ in range(4)])
    stored = subject.scratch.row(STORED)["n"]
    address = Address.of(server.url)
    ways: dict[str, Callable[[], Awaitable[Counter[str]]]] = {
        NOBODY: _nobody,
        f"a body of {numbers.huge_mib} MiB": lambda: huge_body(address, numbers.huge_mib),
        f"{numbers.slow} slow connections": lambda: slow_client(
            address, numbers.slow, numbers.seconds
        ),
        f"{numbers.wrong} wrong signatures": lambda: wrong_signatures(
            forge, server.url, numbers.wrong, numbers.connections
        ),
    }
    for name, way in ways.items():
        siege.parts.append(await _watched(name, way, server))
        siege.before_mib = siege.before_mib or resident_mib(server.pid)  # of the quiet part
    siege.after_mib = await _settled(server, siege.before_mib)
    siege.stored = subject.scratch.row(STORED)["n"] - stored
    _judge(siege)
    await forge.send([_ignored(1)])  # and a good one is taken as ever


def _observer_is_there(subject: Subject) -> None:
    """The server has started all that it starts, so that its memory means something."""
    question = subject.scratch.row
    eventually(lambda: question(OBSERVERS)["n"] > 0, "the server's observer", START_SECONDS)


async def _nobody() -> Counter[str]:
    """What /health takes on this machine when nothing happens."""
    await asyncio.sleep(QUIET_SECONDS)
    return Counter()


def _ignored(count: int) -> list[Push]:
    """Good pushes of a branch that nothing listens to."""
    return [Push("elsewhere", "a" * 40, str(uuid.uuid4())) for _ in range(count)]


async def _watched(name: str, way: Callable[[], Awaitable[Counter[str]]], server: Server) -> Part:
    """One attack, while a process of its own asks /health."""
    command = [sys.executable, "-m", "conform.torture.health", server.url]
    pipe = asyncio.subprocess.PIPE
    prober = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    began = time.monotonic()
    try:
        answers = await way()
    finally:
        elapsed = time.monotonic() - began
        said, _ = await prober.communicate(b"")  # the end of its input is its end
    return Part(name, answers, elapsed, resident_mib(server.pid), json.loads(said))


async def _settled(server: Server, before: float) -> float:
    """The memory when it has come down, or when it will not."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while resident_mib(server.pid) - before > GROWTH_MIB_MAX and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return resident_mib(server.pid)


def _judge(siege: Siege) -> None:
    growth = siege.after_mib - siege.before_mib
    if growth > GROWTH_MIB_MAX:
        siege.found.append(f"memory grew by {growth:.1f} MiB of {GROWTH_MIB_MAX:.0f}")
    if siege.stored:
        siege.found.append(f"{siege.stored} hostile deliveries were stored")
    siege.found += siege.taken()
    quiet = next((part.p99() for part in siege.parts if part.name == NOBODY), 0.0)
    limit = max(HEALTH_P99_SECONDS_MAX, BUSY_TIMES * quiet)
    for part in siege.parts:
        if part.health and part.p99() > limit:
            siege.found.append(f"{part.name}: /health p99 is {1000 * part.p99():.1f} ms")

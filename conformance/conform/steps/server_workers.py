"""Steps about a server that is several processes."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

from conform.recorder import Recorder
from conform.steps.asking import Happened
from conform.world.ports import free_port
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.workspace import Workspace


@dataclass(slots=True)
class Workers:
    """The processes that the server had when it was looked at, by process id."""

    first: set[int] = field(default_factory=set[int])
    killed: int | None = None
    last: set[int] = field(default_factory=set[int])


@pytest.fixture
def workers() -> Workers:
    """None yet."""
    return Workers()


@given(parsers.parse("a server of {count:d} processes is running"))
def several(
    implementation: Subject,
    happened: Happened,
    recorder: Recorder,
    workspace: Workspace,
    workers: Workers,
    count: int,
) -> None:
    """``fraisier serve --workers N``, ready when it has said so and all of them are there."""
    port = free_port()
    words = ("serve", "--port", str(port), "--no-observer", "--workers", str(count))
    running = implementation.spawn(*words)
    happened.server = Server(f"http://127.0.0.1:{port}", recorder, running, workspace.secret)
    eventually(lambda: running.lines, "the server to listen", 30)
    eventually(lambda: len(children(running.pid)) == count, f"{count} processes", 30)
    workers.first = children(running.pid)


@when("one of its processes is killed")
def kill_one(workers: Workers) -> None:
    """SIGKILL, as the system would do when memory is short."""
    workers.killed = min(workers.first)
    os.kill(workers.killed, signal.SIGKILL)


@then(parsers.parse("the server has {count:d} processes again, one of them new"))
def replaced(happened: Happened, workers: Workers, count: int) -> None:
    """The ones that lived still do, and another one is there for the one that died."""
    assert happened.server is not None, "no server is running"
    pid = happened.server.pid

    def whole() -> bool:
        workers.last = children(pid)
        return len(workers.last) == count and workers.killed not in workers.last

    eventually(whole, f"{count} processes without {workers.killed}", 30)
    assert len(workers.last & workers.first) == count - 1, workers


@then("it has stopped with status 0, and its processes with it")
def all_stopped(happened: Happened, workers: Workers) -> None:
    """Nobody listens any more."""
    assert happened.server is not None, "no server was running"
    running = happened.server.running
    assert running.exit == 0, running.tail()
    left = [pid for pid in workers.last if Path(f"/proc/{pid}").exists()]
    assert not left, left


def children(pid: int) -> set[int]:
    """The processes that a process has started and that live."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(each) for each in found}

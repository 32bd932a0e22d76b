"""Observers as processes of their own, as they run in life."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .conftest import World


@contextmanager
def observer(world: World, name: str, *more: str) -> Generator[subprocess.Popen[str]]:
    """A running observer, stopped at the end."""
    command = [sys.executable, "-m", "fraisier", "--json", "observe", "--worker", name]
    child = subprocess.Popen(
        [*command, "--lease-seconds", "2", *more],
        env={**os.environ, "FRAISIER_CONFIG": str(world.folder / "fraises.yaml")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        child.communicate(timeout=20)


def wait_for_end(world: World, deployment_id: str) -> dict[str, object]:
    """The deployment, once it has ended."""
    for _ in range(600):
        found = world.deployment(deployment_id)
        if found["outcome"] not in ("pending", "in_progress"):
            return found
        time.sleep(0.05)
    raise AssertionError("the deployment does not end")


def test_observe__two_observers__each_deployment_is_carried_out_once(world: World) -> None:
    """Two observers on one database never do the same work."""
    with observer(world, "one"), observer(world, "two"):
        for number in range(4):
            commit = world.commit(change=str(number))
            done = wait_for_end(world, world.request(git_commit=commit))
            assert (done["outcome"], done["attempt"]) == ("success", 1)
    assert len(world.built()) == 4


def test_observe__deployment_fails__goes_on_with_the_next(world: World) -> None:
    """One bad deployment does not end the observer."""
    bad = world.commit(broken="1")
    (world.source / "broken").unlink()
    good = world.commit()
    with observer(world, "one") as child:
        assert wait_for_end(world, world.request(git_commit=bad))["outcome"] == "failed"
        assert wait_for_end(world, world.request(git_commit=good))["outcome"] == "success"
        assert child.poll() is None


def test_observe__once__ends_when_nothing_waits(world: World) -> None:
    """With --once the queue is worked off, then `idle` is the last event."""
    world.commit()
    world.request()
    with observer(world, "one", "--once") as child:
        output, _ = child.communicate(timeout=30)
        assert child.returncode == 0
    events = [json.loads(line)["event"] for line in output.splitlines()]
    assert events[0] == "claimed"
    assert events[-2:] == ["result", "idle"]


def test_observe__terminated__is_no_longer_alive_in_the_database(world: World) -> None:
    """An observer says hello and goodbye."""
    with observer(world, "one"):
        for _ in range(200):
            if world.db.read("v_worker", {"alive": True}):
                break
            time.sleep(0.05)
        assert world.db.read("v_worker", {"alive": True})
    assert not world.db.read("v_worker", {"alive": True})


def test_observe__killed_while_building__build_dies_too(world: World) -> None:
    """Nothing that a killed observer started goes on behind the next one's back."""
    world.commit(slow="1")
    wanted = world.request()
    with observer(world, "one") as child:
        while not world.built():
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    for _ in range(200):
        if not _processes_below(world):
            break
        time.sleep(0.05)
    assert not _processes_below(world)
    assert world.deployment(wanted)["outcome"] == "in_progress"


def _processes_below(world: World) -> list[str]:
    """Processes whose working folder is in a release of this world."""
    found: list[str] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                folder = (process / "cwd").readlink()
            except OSError:
                continue
            if folder.is_relative_to(world.home / "releases"):
                found.append(process.name)
    return found

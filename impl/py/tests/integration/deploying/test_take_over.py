"""Workers that die or freeze in the middle, and the next one that takes over."""

from __future__ import annotations

import signal

import pytest

from .conftest import World

POINTS = [
    (step, state)
    for step in ("preflight", "fetch", "build", "switch", "health")
    for state in ("started", "succeeded")
]


@pytest.mark.parametrize(("step", "state"), POINTS)
def test_take_over__worker_killed__next_one_finishes(world: World, step: str, state: str) -> None:
    """Wherever the first worker dies, the commit asked for ends up serving, built once."""
    world.commit()
    world.deploy()
    commit = world.commit(change="2")
    wanted = world.request()
    child = world.start_worker(step, state)
    child.send_signal(signal.SIGKILL)
    done = world.carry_out()
    assert (done["id"], done["outcome"], done["attempt"]) == (wanted, "success", 2)
    assert world.serves() == commit
    assert world.built().count(commit) == 1


def test_take_over__branch_moved_meanwhile__first_commit_is_deployed(world: World) -> None:
    """What the first attempt resolved is what the second one deploys."""
    commit = world.commit()
    world.request()
    world.start_worker("build", "started").send_signal(signal.SIGKILL)
    world.commit("unhealthy")
    assert world.carry_out()["outcome"] == "success"
    assert world.serves() == commit


@pytest.mark.parametrize(("step", "state"), [("health", "failed"), ("rollback", "started")])
def test_take_over__killed_while_rolling_back__is_rolled_back(
    world: World, step: str, state: str
) -> None:
    """A failed cutover is brought back by the next worker too."""
    good = world.commit()
    world.deploy()
    world.commit("unhealthy")
    world.request()
    world.start_worker(step, state).send_signal(signal.SIGKILL)
    done = world.carry_out()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "health-check-failed")
    assert world.serves() == good


@pytest.mark.parametrize(("step", "state"), [("build", "started"), ("build", "succeeded")])
def test_take_over__frozen_worker_wakes_late__changes_nothing(
    world: World, step: str, state: str
) -> None:
    """A worker frozen past its lease finds the environment taken and leaves it alone."""
    first = world.commit()
    world.request()
    child = world.start_worker(step, state)
    child.send_signal(signal.SIGSTOP)
    assert world.carry_out()["outcome"] == "success"
    second = world.commit(change="2")
    assert world.deploy()["outcome"] == "success"
    events = world.db.read("v_event")
    desired = (world.home / "desired.json").read_text()
    world.open_gate()
    child.send_signal(signal.SIGCONT)
    output, _ = child.communicate(timeout=30)
    assert "another worker has taken the deployment over" in output
    assert world.db.read("v_event") == events
    assert (world.home / "desired.json").read_text() == desired
    assert world.serves() == second != first

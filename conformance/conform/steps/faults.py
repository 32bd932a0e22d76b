"""Steps of the fault matrix: a worker is held at a step, and something breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.verdicts import HarnessError
from conform.world.holding import Holding, SlowForge
from conform.world.outage import database_away, disk_full, pause, space_again, writable
from conform.world.processes import Running
from conform.world.turnstile import Turnstile, turnstile
from conform.world.waiting import eventually

OUTAGE_SECONDS = 3.0
HELD_VERSION = "2.0"
CLAIMED = "SELECT 1 FROM tb_event WHERE event_type = 'deployment.taken_over'"
STARTED = """
SELECT 1 FROM tb_deployment_step s JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
 WHERE d.id = :id AND s.step = :step AND s.state = 'started'
"""


@dataclass(slots=True)
class Fault:
    """What breaks in a scenario, and the workers that it breaks for."""

    deploying: Deploying
    holding: Holding
    stack: ExitStack
    step: str = ""
    forge: SlowForge | None = None
    gate: Turnstile | None = None
    first: Running | None = None
    observers: list[Running] = field(default_factory=list[Running])
    noted: list[str] = field(default_factory=list[str])

    @property
    def worker(self) -> Running:
        """The observer that was held."""
        assert self.first is not None
        return self.first


@pytest.fixture
def fault(deploying: Deploying) -> Iterator[Fault]:
    """The fault of one scenario; nothing of it outlives the scenario."""
    holding = Holding(deploying.subject.workspace.folder, HELD_VERSION)
    with ExitStack() as stack:
        yield Fault(deploying, holding, stack)


@given(sentence('a service "{fraise}" whose steps can be held'))
def held_service(fault: Fault, fraise: str) -> None:
    """It tells when it begins and ends; its build, its start and its end can be made to wait."""
    workspace = fault.deploying.subject.workspace
    repository = workspace.repository
    fault.forge = SlowForge(repository.origin, fault.holding)
    fault.stack.callback(fault.forge.stop)
    check = {"path": "/health", "timeout": 15, "interval": 0.1}
    workspace.configure(
        fraise,
        health_check=check,
        git={"repository": fault.forge.url},
        hooks={"before": ["./hook.sh before"]},
        smoke_tests=["./hook.sh smoke"],
    )
    holding = fault.holding
    files = {"app.py": holding.program(), "build.sh": holding.build(), "hook.sh": holding.hook()}
    repository.commit_files(files, "with marks")


@when(sentence('an observer is held in the step "{step}" of "{place}"'))
def hold(fault: Fault, step: str, place: str) -> None:
    """A deployment is requested, and an observer with a lease of a second comes so far."""
    deploying, holding = fault.deploying, fault.holding
    fault.step = step
    if step == "preflight":
        hold_at_the_database(fault, step, place)
        return
    deploying.request(*split(place))
    holding.hold(step)
    fault.first = deploying.worker = observer(fault, 1)
    scratch, asked = deploying.subject.scratch, {"id": deploying.asked[-1], "step": step}
    eventually(lambda: scratch.rows(STARTED, **asked), f"the start of {step}")
    if step == "fetch":
        assert fault.forge is not None
        eventually(fault.forge.asked.is_set, "somebody at the forge")
    holding.wait_until_held(step, deploying.commits[HELD_VERSION])


def hold_at_the_database(fault: Fault, step: str, place: str) -> None:
    """
    A step that touches nothing of ours. When it was too quick for us, the deployment waits
    at the fetch, is cancelled there, and another one is asked for.
    """
    deploying = fault.deploying
    for _ in range(10):
        asked = deploying.request(*split(place))
        fault.holding.hold("fetch")
        gate = fault.gate = turnstile(deploying.subject.scratch, step)
        fault.stack.callback(gate.release)
        fault.first = deploying.worker = observer(fault, 1)
        os.setpriority(os.PRIO_PROCESS, fault.worker.pid, 19)
        if gate.wait():
            fault.holding.let_go()
            return
        gate.release()
        deploying.subject.cli("cancel", deploying.asked.pop(), "--json")
        deploying.ended(asked)
        fault.observers.pop().kill()
    raise HarnessError(f"the step {step} is too quick to be held")


def observer(fault: Fault, seconds: int) -> Running:
    """One more observer of the scenario."""
    lease = ("--lease-seconds", str(seconds))
    fault.observers.append(fault.deploying.subject.spawn("observe", *lease, "--json"))
    return fault.observers[-1]


@when("the held observer is killed")
def kill(fault: Fault) -> None:
    """SIGKILL; what it ran dies with it."""
    fault.worker.kill()
    go_on_writing(fault)


@when("the held observer is frozen")
def freeze(fault: Fault) -> None:
    """SIGSTOP, outside of a write: a frozen process that holds SQLite's lock holds up all."""
    fault.worker.freeze()
    go_on_writing(fault)
    for _ in range(20):
        if writable(fault.deploying.subject.scratch):
            return
        fault.worker.thaw()
        pause(0.05)
        fault.worker.freeze()
    raise AssertionError("the observer writes all the time")


@when("the database is away for longer than the lease")
def away(fault: Fault) -> None:
    """The step goes on in the middle of it."""
    if fault.gate is not None and fault.gate.locks_all:  # it is away already
        pause(OUTAGE_SECONDS)
        fault.gate.release()
        return
    with database_away(fault.deploying.subject.scratch):
        go_on_writing(fault)
        pause(OUTAGE_SECONDS / 2)
        fault.holding.let_go()
        pause(OUTAGE_SECONDS / 2)


@when("the connections to the database are cut again and again")
def cut(fault: Fault) -> None:
    """Five short outages while the step goes on."""
    scratch = fault.deploying.subject.scratch
    if fault.gate is not None and fault.gate.locks_all:
        fault.gate.release()
    for turn in range(5):
        with database_away(scratch):
            pause(0.1)
        if turn == 0:
            go_on_writing(fault)
            fault.holding.let_go()
        pause(0.15)


@when("the disk of the held observer is full")
def full(fault: Fault) -> None:
    """It can write no file any more, and the step goes on."""
    disk_full(fault.worker.pid)
    fault.stack.callback(space_again, fault.worker.pid)
    go_on_writing(fault)
    fault.holding.let_go()


@when("its disk has space again")
def space(fault: Fault) -> None:
    """Once the deployment has ended, or its lease has not been renewed in time."""
    scratch, asked = fault.deploying.subject.scratch, fault.deploying.asked[-1]
    now = "now()" if scratch.dialect != "sqlite" else "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    query = f"""
    SELECT 1 FROM tb_deployment d JOIN tb_lease l ON l.fk_environment = d.fk_environment
     WHERE d.id = :id AND (d.status NOT IN ('pending', 'in_progress') OR l.expires_at < {now})
    """
    eventually(lambda: scratch.rows(query, id=asked), "the end, or the end of the lease", 60)
    space_again(fault.worker.pid)


def go_on_writing(fault: Fault) -> None:
    """Who waits at the database need not wait any longer."""
    if fault.gate is not None:
        fault.gate.release()


@when("another observer takes the deployment over")
def taken_over(fault: Fault) -> None:
    """The step is still held."""
    observer(fault, 30)
    scratch = fault.deploying.subject.scratch
    eventually(lambda: scratch.rows(CLAIMED), "somebody who takes over", 40)


@when("another observer starts")
def another(fault: Fault) -> None:
    """It finds whatever was left."""
    observer(fault, 30)


@when("the step may go on")
def let_go(fault: Fault) -> None:
    """Nobody waits any more."""
    fault.holding.let_go()


@when("the frozen worker wakes")
def thaw(fault: Fault) -> None:
    """As if no time had passed for it; it is asked to end, and ends well."""
    fault.deploying.before = fault.deploying.history()
    fault.noted = fault.holding.marks.read_text().splitlines()
    fault.worker.thaw()
    assert fault.worker.stop(30) == 0, fault.worker.tail()


@then("every observer still runs")
def all_run(fault: Fault) -> None:
    """None has ended by itself."""
    assert [each.exit for each in fault.observers] == [None] * len(fault.observers), [
        each.tail() for each in fault.observers
    ]

"""Steps of the fault matrix: a worker is held at a step, and something breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.implementation import load
from conform.places import checkout
from conform.recorder import Recorder
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.verdicts import HarnessError
from conform.world.fraise_database import FraiseDatabase
from conform.world.holding import Holding, SlowForge
from conform.world.outage import pause, writable
from conform.world.processes import Running
from conform.world.subject import Subject
from conform.world.turnstile import Turnstile, turnstile
from conform.world.waiting import eventually

FINISHER = "CONFORM_FINISHER"
HELD_SECONDS = 40.0
CLAIMED = """
SELECT 1 FROM tb_event WHERE event_type = 'deployment.taken_over' AND entity_id = :id
"""
STARTED = """
SELECT 1 FROM tb_deployment_step s JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
 WHERE d.id = :id AND s.step = :step AND s.state = 'started'
"""
# Their programs wait, or the fraise's own database does.
IN_DATABASE = ("backup", "migrate", "migrate (pgGit)", "seed")


@dataclass(slots=True)
class Fault:
    """What breaks in a scenario, and the workers that it breaks for."""

    deploying: Deploying
    holding: Holding
    stack: ExitStack
    step: str = ""
    forge: SlowForge | None = None
    gate: Turnstile | None = None
    database: FraiseDatabase | None = None
    environment: dict[str, str | None] = field(default_factory=dict[str, str | None])
    first: Running | None = None
    observers: list[Running] = field(default_factory=list[Running])
    noted: list[str] = field(default_factory=list[str])
    keeper: int = 0  # the process that keeps the service running
    finishing: Subject | None = None

    @property
    def worker(self) -> Running:
        """The observer that was held."""
        assert self.first is not None
        return self.first

    def observer(self, seconds: int) -> Running:
        """One more observer of the scenario, with a lease of so many seconds."""
        return self._observer(self.deploying.subject, seconds)

    def finisher(self, seconds: int) -> Running:
        """An observer that finishes what another has begun: of the implementation to finish."""
        if self.finishing is None:
            self.finishing = finishing(self.deploying.subject)
            self.stack.callback(self.finishing.end)
        return self._observer(self.finishing, seconds)

    def _observer(self, subject: Subject, seconds: int) -> Running:
        command = ("observe", "--lease-seconds", str(seconds), "--json")
        self.observers.append(subject.spawn(*command, env=self.environment))
        return self.observers[-1]

    def let_write(self) -> None:
        """Who waits at the database of Fraisier need not wait any longer."""
        if self.gate is not None:
            self.gate.release()

    def let_go(self) -> None:
        """Nobody waits any more."""
        self.let_write()
        self.holding.let_go()
        if self.database is not None:
            self.database.let_go()


def finishing(beginning: Subject) -> Subject:
    """
    Who takes over: the implementation in the folder that ``CONFORM_FINISHER`` names, on the
    same database, configuration and folders; without it, the one under test.
    """
    folder = os.environ.get(FINISHER)
    if not folder:
        return beginning
    manifest = load(Path(folder), checkout())
    return Subject(manifest, beginning.workspace, beginning.scratch, Recorder())


@pytest.fixture
def fault(deploying: Deploying) -> Iterator[Fault]:
    """The fault of one scenario; nothing of it outlives the scenario."""
    holding = Holding(deploying.subject.workspace.folder)
    with ExitStack() as stack:
        yield Fault(deploying, holding, stack)


@given(sentence('a service "{fraise}" whose steps can be held'))
def held_service(fault: Fault, fraise: str) -> None:
    """It tells when it begins and ends; its build, its start and its end can be made to wait."""
    workspace = fault.deploying.subject.workspace
    repository = workspace.repository
    fault.forge = SlowForge(repository.origin, fault.holding)
    fault.stack.callback(fault.forge.stop)
    workspace.configure(
        fraise,
        ("staging",),
        health_check=health_check(15),
        git={"repository": fault.forge.url},
        hooks={name: [f"./hook.sh {name}"] for name in ("before", "after", "on_failure")},
        smoke_tests=["./hook.sh smoke"],
    )
    holding = fault.holding
    files = {"app.py": holding.program(), "build.sh": holding.build(), "hook.sh": holding.hook()}
    repository.commit_files(files, "with marks")


def health_check(seconds: int) -> dict[str, object]:
    """One that gives a held release so much time."""
    return {"path": "/health", "timeout": seconds, "interval": 0.1}


def set_key(fault: Fault, fraise: str, key: str, value: object) -> None:
    """One key of the fraise in fraises.yaml."""
    workspace = fault.deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise][key] = value
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('a release of "{fraise}" has {seconds:d} seconds to be healthy'))
def impatient(fault: Fault, fraise: str, seconds: int) -> None:
    """One that never will be is given up after so long."""
    set_key(fault, fraise, "health_check", health_check(seconds))


@given(sentence('a switch of "{fraise}" may take {seconds:d} seconds'))
def short_switch(fault: Fault, fraise: str, seconds: int) -> None:
    """Then it has failed."""
    set_key(fault, fraise, "timeouts", {"switch": seconds})


@given(sentence('the hook "{hook}" will fail'))
def failing_hook(fault: Fault, hook: str) -> None:
    """From now on, once it is not held any more."""
    fault.holding.fail(hook)


@when(sentence('the hook "{hook}" is mended'))
def mended_hook(fault: Fault, hook: str) -> None:
    """It succeeds again."""
    fault.holding.mend(hook)


@when(sentence('an observer is held in the step "{step}" of "{place}"'))
def hold(fault: Fault, step: str, place: str) -> None:
    """A deployment is requested, and an observer with a lease of a second comes so far."""
    fault.step = step
    if step == "preflight":
        hold_at_the_database(fault, step, place)
        return
    fault.deploying.request(*split(place))
    wait_for_the_hold(fault)


@when(sentence('an observer is held in the step "{step}" of a rollback of "{place}"'))
def hold_rollback(fault: Fault, step: str, place: str) -> None:
    """The same on the way back from the second version to the first."""
    deploying, holding = fault.deploying, fault.holding
    fault.step, holding.old, holding.new = step, holding.new, holding.old
    done = deploying.run("rollback", *split(place), "--no-wait")
    assert done.exit == 0, f"the rollback was refused: {done.stdout} {done.stderr}"
    deploying.asked.append(str(deploying.last["id"]))
    wait_for_the_hold(fault)


def wait_for_the_hold(fault: Fault) -> None:
    """The step has begun, and whoever does it waits."""
    deploying, holding, step = fault.deploying, fault.holding, fault.step
    if step in IN_DATABASE:
        assert fault.database is not None, f"nothing holds {step}"
        fault.database.hold(step)
        fault.stack.callback(fault.database.let_go)
    else:
        holding.hold(step)
    fault.first = deploying.worker = fault.observer(1)
    scratch = deploying.subject.scratch
    asked = {"id": deploying.asked[-1], "step": step.partition(" ")[0]}
    eventually(lambda: scratch.rows(STARTED, **asked), f"the start of {step}", HELD_SECONDS)
    eventually(lambda: is_held(fault), f"somebody at the step {step}", HELD_SECONDS)


def is_held(fault: Fault) -> bool:
    """Whether somebody waits at the step."""
    if fault.step in IN_DATABASE:
        return fault.database is not None and fault.database.is_held()
    if fault.step == "fetch":
        return fault.forge is not None and fault.forge.asked.is_set()
    return fault.holding.is_held(fault.step, fault.deploying.commits[fault.holding.new])


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
        fault.first = deploying.worker = fault.observer(1)
        os.setpriority(os.PRIO_PROCESS, fault.worker.pid, 19)
        if gate.wait():
            fault.holding.let_go()
            return
        gate.release()
        deploying.subject.cli("cancel", deploying.asked.pop(), "--json")
        deploying.ended(asked)
        fault.observers.pop().kill()
    raise HarnessError(f"the step {step} is too quick to be held")


@when(sentence('the step "{step}" has begun'))
def has_begun(fault: Fault, step: str) -> None:
    """Of the deployment that was requested last."""
    scratch, asked = fault.deploying.subject.scratch, fault.deploying.asked[-1]
    eventually(lambda: scratch.rows(STARTED, id=asked, step=step), f"{step}", HELD_SECONDS)


@when("the held observer is killed")
def kill(fault: Fault) -> None:
    """SIGKILL; what it ran dies with it."""
    fault.worker.kill()
    fault.let_write()


@when("the held observer is frozen")
def freeze(fault: Fault) -> None:
    """SIGSTOP, outside of a write: a frozen process that holds SQLite's lock holds up all."""
    fault.worker.freeze()
    fault.let_write()
    for _ in range(20):
        if writable(fault.deploying.subject.scratch):
            return
        fault.worker.thaw()
        pause(0.05)
        fault.worker.freeze()
    raise AssertionError("the observer writes all the time")


@when("another observer takes the deployment over")
def taken_over(fault: Fault) -> None:
    """The step is still held."""
    fault.finisher(30)
    scratch, asked = fault.deploying.subject.scratch, {"id": fault.deploying.asked[-1]}
    eventually(lambda: scratch.rows(CLAIMED, **asked), "somebody who takes over", HELD_SECONDS)


@when("another observer starts")
def another(fault: Fault) -> None:
    """It finds whatever was left."""
    fault.finisher(30)


@when("the step may go on")
def let_go(fault: Fault) -> None:
    """Nobody waits any more."""
    fault.let_go()


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

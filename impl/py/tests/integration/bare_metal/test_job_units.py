"""The units of jobs on a real systemd: chains, conditions, waiting, timers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fraisier.domain.values import Environment, Fraise, FraiseConfig, Job
from fraisier.providers.systemd_jobs import job_unit_name, job_units

from .conftest import Machine, eventually

HOME = "/srv/chain"
HELD = f"while [ -e {HOME}/hold ]; do sleep 0.05; done"
DUMP = f'echo dump >> {HOME}/notes; {HELD}; exit "$STATUS"'
JOBS = (
    Job("dump", "0 2 * * *", ("sh", "-c", DUMP)),
    Job("sync", "0 */6 * * *", ("./note.sh", "sync 100% of $HOME"), depends_on="dump"),
    Job("report", None, ("./note.sh", "report"), depends_on="dump"),
)
FRAISE = FraiseConfig(
    Fraise("chain", "scheduled"), Environment("production", "bare-metal", jobs=JOBS)
)


class Chain:
    """The jobs on one host."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def install(self) -> None:
        """Units, folders and a script, as a deployment leaves them."""
        self.machine.run(f"mkdir -p {HOME}/current {HOME}/jobs")
        self.machine.write(
            f"{HOME}/current/note.sh", f'#!/bin/sh\necho "$1" >> {HOME}/notes\n', "755"
        )
        units = job_units(FRAISE, f"{HOME}/current", environment_file=f"{HOME}/environment")
        for name, text in units.items():
            self.machine.write(f"/etc/systemd/system/{name}", text)
        self.machine.run(f"systemctl daemon-reload && systemctl start {' '.join(self.timers)}")

    def remove(self) -> None:
        """Nothing of it stays."""
        stop = f"systemctl stop {' '.join(self.timers)}"
        self.machine.run(f"{stop}; rm -rf {HOME} /etc/systemd/system/fraisier-chain-*")
        self.machine.run("systemctl daemon-reload; systemctl reset-failed")

    @property
    def timers(self) -> tuple[str, ...]:
        """Names of the timers."""
        return tuple(name for name in job_units(FRAISE, HOME) if name.endswith(".timer"))

    def set(self, status: int) -> None:
        """How the next dump goes; nothing is noted yet, and nothing is held."""
        self.machine.write(f"{HOME}/environment", f"STATUS={status}\n")
        self.machine.run(f"rm -f {HOME}/notes {HOME}/hold")

    def hold(self) -> None:
        """Start a dump that goes on until it is let go, and come to where it waits."""
        self.machine.run(f"touch {HOME}/hold")
        self.start("dump", "--no-block")
        eventually(lambda: self.notes() == ["dump"], "the begin of the dump")

    def let_go(self) -> None:
        """The dump may end."""
        self.machine.run(f"rm {HOME}/hold")

    def start(self, job: str, option: str = "") -> None:
        """Start a job as its timer does; a failure of the job is none of the command."""
        unit = f"{job_unit_name(FRAISE, job)}.service"
        self.machine.run(f"systemctl start {option} {unit} || true")

    def notes(self) -> list[str]:
        """Which jobs have run, in order."""
        return self.machine.run(f"cat {HOME}/notes 2> /dev/null || true").splitlines()


@pytest.fixture(scope="module")
def chain(machine: Machine) -> Iterator[Chain]:
    """Three jobs in force."""
    made = Chain(machine)
    made.install()
    yield made
    made.remove()


def test_job__has_succeeded__starts_what_runs_after_it(chain: Chain) -> None:
    """Only what has no schedule of its own."""
    chain.set(0)
    chain.start("dump")
    eventually(lambda: "report" in chain.notes(), "the report after the dump")
    assert chain.notes() == ["dump", "report"]


def test_job__has_succeeded__lets_the_scheduled_one_run(chain: Chain) -> None:
    """Its words arrive as they are: nothing is expanded."""
    chain.set(0)
    chain.start("dump")
    chain.start("sync")
    eventually(lambda: len(chain.notes()) == 3, "dump, report and sync")
    assert "sync 100% of $HOME" in chain.notes()


def test_job__has_failed__holds_the_others_back(chain: Chain) -> None:
    """A success of yesterday does not count once today's run has begun."""
    chain.set(0)
    chain.start("dump")
    eventually(lambda: "report" in chain.notes(), "the report after the dump")
    chain.set(1)
    chain.start("dump")
    chain.start("sync")
    unit = f"{job_unit_name(FRAISE, 'sync')}.service"
    shown = chain.machine.run(f"systemctl show -p ConditionResult {unit}")
    assert shown.strip() == "ConditionResult=no"
    assert chain.notes() == ["dump"]


def test_job__runs__is_waited_for(chain: Chain) -> None:
    """The dependent job neither fails nor overtakes it."""
    chain.set(0)
    chain.hold()
    chain.start("sync", "--no-block")
    assert chain.notes() == ["dump"]
    chain.let_go()
    eventually(lambda: len(chain.notes()) == 3, "dump, report and sync")
    assert chain.notes()[0] == "dump"
    assert "sync 100% of $HOME" in chain.notes()


def test_job__runs__is_not_started_twice(chain: Chain) -> None:
    """A timer that elapses meanwhile changes nothing."""
    chain.set(0)
    chain.hold()
    chain.start("dump", "--no-block")
    chain.let_go()
    eventually(lambda: "report" in chain.notes(), "the report after the dump")
    assert chain.notes() == ["dump", "report"]


def test_timers__all__wait_for_their_moment(chain: Chain) -> None:
    """Exactly those with a schedule."""
    listed = chain.machine.run("systemctl list-timers --all --no-legend 'fraisier-chain-*'")
    assert all(name in listed for name in chain.timers)
    assert len(listed.splitlines()) == len(chain.timers) == 2

"""
Steps about a worker that is stopped between its last look at the lease and the switch.

The home of the ``local`` provider has ``fence.lock`` (docs/deploying.md), which is held for
the moment in which a token is looked at and the target changed: whoever holds it holds
every worker up exactly there.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying
from conform.steps.deploy_adversity import change_target
from conform.steps.deploy_sentences import sentence
from conform.world.outage import pause, writable


class Holding:
    """The lock of a target, taken and let go."""

    def __init__(self) -> None:
        self._descriptor = -1

    def take(self, path: Path) -> None:
        """The file is there: something was deployed."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def let_go(self) -> None:
        """Whoever waits may go on."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


@pytest.fixture
def holding() -> Generator[Holding]:
    """Let go in any case."""
    made = Holding()
    yield made
    made.let_go()


def home(deploying: Deploying) -> Path:
    """The folder of its own."""
    return deploying.subject.workspace.folder / "home"


@given(sentence('"{place}" lives in a folder of its own'))
def folder_of_its_own(deploying: Deploying, place: str) -> None:
    """``target.directory``."""
    change_target(deploying.subject, place, directory=str(home(deploying)))


@when(sentence('somebody holds the target of "{place}"'))
def held(deploying: Deploying, holding: Holding, place: str) -> None:
    """Nothing can be switched there meanwhile."""
    assert "/" in place
    holding.take(home(deploying) / "fence.lock")


@when("nobody holds the target any more")
def let_go(holding: Holding) -> None:
    """The next one that asks may switch."""
    holding.let_go()


@when("the observer is frozen outside of a write")
def frozen(deploying: Deploying) -> None:
    """SIGSTOP; one that stood still in a write of SQLite would hold up everybody."""
    worker = deploying.worker
    assert worker is not None
    deploying.frozen = worker
    for _ in range(20):
        worker.freeze()
        if writable(deploying.subject.scratch):
            return
        worker.thaw()
        pause(0.05)
    raise AssertionError("the observer writes all the time")


@then(sentence('the current release of the folder is that of "{version}"'))
def current_release(deploying: Deploying, version: str) -> None:
    """Where the link leads."""
    found = (home(deploying) / "current" / "version.txt").read_text().strip()
    assert found == version, found

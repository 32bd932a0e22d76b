"""Steps about what breaks later: services, supervisors, workers and folders."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_adversity import change_target
from conform.steps.deploy_sentences import sentence
from conform.world.service import APP
from conform.world.waiting import eventually


@given("its versions can break later")
def breakable(deploying: Deploying) -> None:
    """The next versions are healthy until a file with their name appears."""
    broken = deploying.subject.workspace.folder / "broken"
    asked = 'BEHAVIOUR[0] == "unhealthy"'
    assert asked in APP
    text = APP.replace(asked, f"{asked} or os.path.exists({str(broken)!r} + VERSION)")
    deploying.subject.workspace.repository.commit_files({"app.py": text}, "can break")


@given(sentence('version "{version}" breaks'))
@when(sentence('version "{version}" breaks'))
def breaks(deploying: Deploying, version: str) -> None:
    """Wherever it runs, it is not healthy any more."""
    (deploying.subject.workspace.folder / f"broken{version}").touch()


@given("its versions ignore SIGTERM")
def stubborn(deploying: Deploying) -> None:
    """Only SIGKILL ends them."""
    text = APP.replace(
        'print("service", VERSION, "starts", flush=True)\n',
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        'print("service", VERSION, "starts", flush=True)\n',
    )
    assert text != APP
    deploying.subject.workspace.repository.commit_files({"app.py": text}, "stubborn")


@when(sentence('what supervises "{place}" is killed'))
def kill_supervisor(deploying: Deploying, place: str) -> None:
    """SIGKILL to the parent of the service."""
    supervisor = parent_of(service_of(deploying, place))
    assert supervisor > 1, "the service has no supervisor"
    os.kill(supervisor, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{supervisor}").exists(), "the end of the supervisor")


@then(sentence('"{place}" is supervised'))
def supervised(deploying: Deploying, place: str) -> None:
    """When its process is killed, another one serves."""
    first = service_of(deploying, place)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: service_of(deploying, place) not in (0, first), f"a new process of {place}")


@given(sentence('the folder of "{place}" has something else in the place of its current release'))
def occupied(deploying: Deploying, place: str) -> None:
    """A folder that is not empty is where the link would go."""
    home = deploying.subject.workspace.folder / "home"
    (home / "current" / "precious").mkdir(parents=True)
    change_target(deploying.subject, place, directory=str(home))


@given(sentence('"{fraise}" is built by a program that does not exist'))
def no_such_builder(deploying: Deploying, fraise: str) -> None:
    """The tool of the build is not installed."""
    deploying.subject.workspace.configure(fraise, build=["no-such-tool-here", "--release"])


@when("the observer is frozen")
def freeze(deploying: Deploying) -> None:
    """It does nothing any more, and nobody can tell it from a dead one."""
    assert deploying.worker is not None
    deploying.worker.freeze()
    deploying.frozen = deploying.worker


@when("the frozen observer goes on")
def thaw(deploying: Deploying) -> None:
    """As if no time had passed for it."""
    assert deploying.frozen is not None
    deploying.before = deploying.history()
    deploying.frozen.thaw()


@then("the observer that was frozen stops in time when asked to")
def frozen_stops(deploying: Deploying) -> None:
    """It has let go of what it lost."""
    assert deploying.frozen is not None
    assert deploying.frozen.stop() == 0


@then("it has changed nothing that is recorded")
def changed_nothing(deploying: Deploying) -> None:
    """The deployments and their steps are as they were before it woke."""
    assert deploying.before
    assert deploying.history() == deploying.before


@then(sentence('the status of "{place}" names version "{version}"'))
def status_names(deploying: Deploying, place: str, version: str) -> None:
    """The recorded release is the one of this version's commit."""
    shown = deploying.subject.cli("status", *split(place), "--json").json()
    commit = deploying.commits[version]
    assert shown["current_version"] == commit[:12], f"the status is {shown}"


def service_of(deploying: Deploying, place: str) -> int:
    """The service's process; 0 while nobody answers."""
    url = f"http://127.0.0.1:{deploying.subject.workspace.port(*split(place))}/version"
    try:
        return int(httpx.get(url, trust_env=False, timeout=5).json()["pid"])
    except httpx.HTTPError:
        return 0


def parent_of(pid: int) -> int:
    """The process that started another one."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])

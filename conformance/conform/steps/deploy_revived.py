"""Steps about a machine that was restarted."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from pytest_bdd import then, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_broken import parent_of, service_of
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

CHANGES = (
    "SELECT e.payload FROM tb_event e WHERE e.event_type = 'health.changed' "
    "AND e.fraise = :fraise AND e.environment = :environment ORDER BY e.pk_event"
)


@when(sentence('nothing is left of "{place}", as after a restart of the machine'))
def nothing_left(deploying: Deploying, place: str) -> None:
    """SIGKILL to what supervises the service, and then to the service."""
    service = service_of(deploying, place)
    supervisor = parent_of(service)
    assert service > 1 and supervisor > 1, (service, supervisor)
    for pid in (supervisor, service):
        os.kill(pid, signal.SIGKILL)
        eventually(lambda pid=pid: not _lives(pid), f"the end of {pid}")


@when("an observer has worked until nothing waits")
def worked_once(deploying: Deploying) -> None:
    """It starts, does what there is to do, and ends."""
    deploying.result = deploying.subject.cli("observe", "--once", "--json")
    assert deploying.result.exit == 0, deploying.result


@then(sentence('it is recorded that "{place}" was "{before}" and is "{now}"'))
def recorded(deploying: Deploying, place: str, before: str, now: str) -> None:
    """Two events, the newest of the environment, and its status."""
    fraise, environment = split(place)
    rows = deploying.subject.scratch.rows(CHANGES, fraise=fraise, environment=environment)
    found = [row["payload"] for row in rows]
    told = [(json.loads(each) if isinstance(each, str) else each)["to"] for each in found]
    assert [each.upper() for each in told[-2:]] == [before, now], told
    shown = deploying.subject.cli("status", fraise, environment, "--json").json()
    assert shown["status"] == now, shown


@then("no deployment was made for it")
def none_made(deploying: Deploying) -> None:
    """What served runs again; nothing is built and nothing is switched."""
    assert len(deploying.history()) == 1, deploying.history()


def _lives(pid: int) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] != "Z"

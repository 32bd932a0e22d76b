"""Steps about what runs on real hosts without being a service: scripts, and jobs by the clock."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.bare_metal import configure
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.hosts import Hosts

LOAD = """#!/bin/sh
echo "run $(cat version.txt)" >> {folder}/notes
[ "$(cat behaviour.txt)" = ok ] || {{ echo "row 7 is bad" >&2; exit 3; }}
echo "loaded $(cat version.txt) of $FRAISIER_FRAISE on $(hostname)"
"""
# On a host where somebody has put the file there, the job fails.
TICK = """#!/bin/sh
echo "tick of $(cat version.txt)"
[ ! -e {folder}/bad ] || exit 3
"""


def _no_service(deploying: Deploying, hosts: Hosts, fraise: str, count: int, **keys: Any) -> None:
    configure(deploying, hosts, fraise, "deploy", list(range(1, count + 1)), command=None,
              systemd_service=None, port=None)  # fmt: skip
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    found = document["fraises"][fraise]
    del found["health_check"]
    jobs = keys.pop("jobs", None)
    found.update(keys)
    if jobs:
        found["environments"]["production"]["jobs"] = jobs
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


def _commit(deploying: Deploying, hosts: Hosts, name: str, text: str) -> None:
    files = {name: text.format(folder=hosts.folder)}
    deploying.subject.workspace.repository.commit_files(files, name)


@given(sentence('a nightly job "{fraise}" on {count:d} hosts'), target_fixture="job")
def nightly(deploying: Deploying, hosts: Hosts, fraise: str, count: int) -> Iterator[str]:
    """A fraise of type scheduled with one job, which says which version runs."""
    job = f"{hosts.mark}-tick"
    jobs = {job: {"schedule": "* * * * *", "script": "./tick.sh"}}
    _no_service(deploying, hosts, fraise, count, type="scheduled", jobs=jobs)
    _commit(deploying, hosts, "tick.sh", TICK)
    yield job


@given(sentence('a pipeline "{fraise}" on {count:d} hosts'))
def pipeline(deploying: Deploying, hosts: Hosts, fraise: str, count: int) -> None:
    """A fraise of type etl, whose script writes down on its host that it ran."""
    _no_service(deploying, hosts, fraise, count, type="etl", script="./load.sh")
    _commit(deploying, hosts, "load.sh", LOAD)


@when(sentence('the job of "{fraise}" is called something else'))
def renamed(deploying: Deploying, hosts: Hosts, fraise: str) -> None:
    """The old name is gone from the configuration."""
    workspace = deploying.subject.workspace
    text = workspace.config.read_text()
    old = f"{hosts.mark}-tick"
    assert old in text
    workspace.write_config(text.replace(old, f"{hosts.mark}-tock"))


@when(sentence("the job fails on host {number:d}"))
def fails_on(hosts: Hosts, job: str, number: int) -> None:
    """Somebody starts it there by hand, and it does not end well."""
    host = hosts.named(number)
    host.run(f"touch {hosts.folder}/bad")
    unit = host.run(f"systemctl list-unit-files '*{job}.service' --no-legend").split()[0]
    assert host.attempt(f"systemctl start {shlex.quote(unit)}").returncode != 0


@then(sentence('the job of "{place}" is listed as ended with {status:d}, and with a next run'))
def listed(deploying: Deploying, place: str, job: str, status: int) -> None:
    """`list` and `status` say the same."""
    shown = _job(deploying, place, job)
    assert shown["last_exit_status"] == status, shown
    assert shown["last_run_at"] and shown["last_ended_at"] and shown["next_run_at"], shown
    [fraise] = deploying.subject.cli("list", "--json").json()["fraises"]
    found = [each["jobs"] for each in fraise["environments"] if each["name"] == split(place)[1]]
    assert [each["last_exit_status"] for each in found[0]] == [status], found


@then(sentence('it is told that the job of "{place}" failed on host {number:d}'))
def told_where(deploying: Deploying, hosts: Hosts, place: str, job: str, number: int) -> None:
    """One host of several is named."""
    shown = _job(deploying, place, job)
    assert hosts.named(number).address in str(shown["last_error"]), shown


@then(sentence('the script has run for "{versions}" on host {number:d}'))
def ran_on(hosts: Hosts, versions: str, number: int) -> None:
    """Once for each of them."""
    said = hosts.named(number).run(f"cat {hosts.folder}/notes").splitlines()
    assert said == [f"run {version}" for version in versions.split(", ")], said


@then(sentence("the script has never run on host {number:d}"))
def never_ran_on(hosts: Hosts, number: int) -> None:
    """There is no note of it."""
    assert hosts.named(number).attempt(f"cat {hosts.folder}/notes").returncode != 0


@then(sentence('version "{version}" of "{fraise}" is current on hosts {numbers}'))
def current_on(hosts: Hosts, version: str, fraise: str, numbers: str) -> None:
    """Its files are what the link leads to."""
    for number in numbers.split(", "):
        asked = f"cat {hosts.folder}/{fraise}/current/version.txt"
        said = hosts.named(int(number)).run(asked)
        assert said.strip() == version, (number, said)


def _job(deploying: Deploying, place: str, name: str) -> Mapping[str, Any]:
    shown = deploying.subject.cli("status", *split(place), "--json").json()
    [found] = [job for job in shown["jobs"] if job["name"] == name]
    return found


@pytest.fixture
def job() -> str:
    """The job of the scenario; ``a nightly job`` replaces it."""
    raise AssertionError("no job has been configured")

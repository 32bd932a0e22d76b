"""Fraisier on a real systemd host deploys itself, and is still there when that fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .conftest import CHECKOUT, SITE, Machine, eventually

HOME = "/srv/fraisier"
RUN = f"""#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH=$here/impl/py/src:{SITE} exec python3 -m fraisier "$@"
"""
BROKEN = RUN.replace("exec", '[ "$1" != serve ] || exit 3; exec')
CONFIG = f"""
fraises:
  fraisier:
    type: api
    git: {{repository: {HOME}/origin.git}}
    health_check: {{path: /health, timeout: 30, interval: 0.2}}
    environments:
      production:
        branch: main
        target:
          provider: bare-metal
          app_path: {HOME}/app
          systemd_service: fraisier
          command: [./run, serve, --port, "8400"]
          port: 8400
          variables:
            FRAISIER_CONFIG: {HOME}/fraises.yaml
            FRAISIER_DATABASE_URL: sqlite:///{HOME}/fraisier.db
  slow:
    type: worker
    git: {{repository: {HOME}/origin.git}}
    build: [sh, -c, "sleep 8; echo built >> {HOME}/built"]
    environments:
      production:
        branch: main
        target:
          provider: bare-metal
          app_path: {HOME}/slow
          systemd_service: slow
          command: [sleep, "3600"]
"""


@pytest.fixture
def home(machine: Machine) -> Iterator[Machine]:
    """A clone, a configuration, and a first release that serves."""
    machine.unpack(
        f"{HOME}/clone",
        {
            "impl/py/src": CHECKOUT / "impl/py/src",
            "db": CHECKOUT / "db",
            "schema/compiled": CHECKOUT / "schema/compiled",
            "impl/dashboard": CHECKOUT / "impl/dashboard",
        },
    )
    machine.run(
        f"cd {HOME} && git init -q --bare -b main origin.git && git -C clone init -q -b main"
    )
    machine.run(f"git -C {HOME}/clone remote add origin {HOME}/origin.git")
    machine.write(f"{HOME}/fraises.yaml", CONFIG)
    _commit(machine, "1", RUN)
    yield machine
    machine.run("systemctl disable --now fraisier slow 2>/dev/null; true")
    machine.run(f"rm -rf {HOME}; systemctl daemon-reload")


def test_self_deploy__next_version__takes_over(home: Machine) -> None:
    """The service carries out the deployment that ends it; the new release finishes it."""
    first = _deploy(home, "fraisier")
    assert first["status"] == "SUCCESS", first
    _commit(home, "2", RUN)
    second = _requested(home, "fraisier")
    assert second["status"] == "SUCCESS", second
    assert _version(second) != _version(first)
    assert _version(second) in home.run("systemctl show -p WorkingDirectory fraisier")
    assert home.run("systemctl is-active fraisier").strip() == "active"
    again = _requested(home, "slow")
    assert again["status"] == "SUCCESS", again


def test_self_deploy__version_that_does_not_serve__is_reverted(home: Machine) -> None:
    """The old release is in charge again, and says what happened."""
    first = _deploy(home, "fraisier")
    assert first["status"] == "SUCCESS", first
    _commit(home, "2", BROKEN)
    second = _requested(home, "fraisier")
    assert second["status"] == "ROLLED_BACK", second
    assert second["error_code"] == "health-check-failed", second
    assert _version(first) in home.run("systemctl show -p WorkingDirectory fraisier")
    again = _requested(home, "slow")
    assert again["status"] == "SUCCESS", again


def test_self_deploy__while_it_builds_something_else__that_is_finished(home: Machine) -> None:
    """A deployment that runs in the old release is not lost, and ends well."""
    first = _deploy(home, "fraisier")
    assert first["status"] == "SUCCESS", first
    running = _request(home, "slow")
    eventually(lambda: _status(home, running)["status"] == "IN_PROGRESS", "the build")
    _commit(home, "2", RUN)
    second = _deploy(home, "fraisier")
    assert second["status"] == "SUCCESS", second
    slow = _ended(home, running)
    assert slow["status"] == "SUCCESS", slow


def _commit(machine: Machine, version: str, run: str) -> None:
    machine.write(f"{HOME}/clone/run", run, "755")
    machine.write(f"{HOME}/clone/VERSION", version)
    git = f"git -C {HOME}/clone -c user.name=x -c user.email=x@localhost"
    machine.run(f"{git} add -A && {git} commit -q -m {version} && {git} push -q origin main")
    machine.write(f"{HOME}/clone/run", RUN, "755")


def _cli(machine: Machine, *words: str) -> str:
    where = f"FRAISIER_CONFIG={HOME}/fraises.yaml"
    where += f" FRAISIER_DATABASE_URL=sqlite:///{HOME}/fraisier.db"
    return machine.run(f"cd {HOME} && {where} clone/run {' '.join(words)} || true")


def _deploy(machine: Machine, fraise: str) -> dict[str, object]:
    """From beside the service, whoever carries it out."""
    said = _cli(machine, "deploy", fraise, "production", "--json")
    return _ended(machine, json.loads(said.splitlines()[-1])["deployment"]["id"])


def _request(machine: Machine, fraise: str) -> str:
    said = _cli(machine, "deploy", fraise, "production", "--no-wait", "--json")
    return json.loads(said.splitlines()[-1])["deployment"]["id"]


def _requested(machine: Machine, fraise: str) -> dict[str, object]:
    """By the service itself."""
    return _ended(machine, _request(machine, fraise))


def _version(deployment: dict[str, object]) -> str:
    """What its release is called."""
    return str(deployment["git_commit"])[:12]


def _status(machine: Machine, deployment: str) -> dict[str, object]:
    rows = json.loads(_cli(machine, "history", "--json"))["deployments"]
    return next(row for row in rows if row["id"] == deployment)


def _ended(machine: Machine, deployment: str) -> dict[str, object]:
    def over() -> bool:
        return _status(machine, deployment)["status"] not in ("PENDING", "IN_PROGRESS")

    eventually(over, f"the end of {deployment}", 150)
    return _status(machine, deployment)

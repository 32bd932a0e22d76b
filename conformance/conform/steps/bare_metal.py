"""Steps about services on real hosts with systemd: what there is, and what is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pytest_bdd import given, when

from conform.steps.deploy import Deploying, split
from conform.steps.deploy_adversity import change_target
from conform.steps.deploy_sentences import sentence
from conform.world.hosts import Hosts
from conform.world.service import APP
from conform.world.waiting import eventually

PORT = 8080
CHECK = {"path": "/health", "timeout": 6, "interval": 0.1}
FOREIGN = """[Service]
WorkingDirectory={folder}/shop/current
Environment=PORT={port}
ExecStart=/usr/bin/python3 app.py
"""


def configure(
    deploying: Deploying, hosts: Hosts, fraise: str, account: str, numbers: list[int], **keys: Any
) -> None:
    """Write a fraise whose production is on the hosts of these numbers."""
    workspace = deploying.subject.workspace
    addresses = [hosts.named(number).address for number in numbers]
    where = {"host": addresses[0]} if len(addresses) == 1 else {"hosts": addresses}
    target: dict[str, Any] = {
        "provider": "bare-metal",
        **where,
        "user": account,
        "identity_file": hosts.identity_file,
        "known_hosts": hosts.known_hosts,
        "app_path": f"{hosts.folder}/{fraise}",
        "systemd_service": f"{hosts.mark}-{fraise}",
        "command": ["python3", "app.py"],
        "port": PORT,
        "sudo": account != "root",
    }
    workspace.configure(fraise, health_check=CHECK)
    document = yaml.safe_load(workspace.config.read_text())
    environment = document["fraises"][fraise]["environments"]["production"]
    environment["target"] = {k: v for k, v in (target | keys).items() if v is not None}
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
    hosts.prepare(account)


@given(sentence('a service "{fraise}" on {count:d} hosts, deployed to as "{account}"'))
def on_hosts(deploying: Deploying, hosts: Hosts, fraise: str, count: int, account: str) -> None:
    """A unit of the system manager on each."""
    configure(deploying, hosts, fraise, account, list(range(1, count + 1)))


@given(sentence('a service "{fraise}" of the user manager on {count:d} hosts'))
def of_user(deploying: Deploying, hosts: Hosts, fraise: str, count: int) -> None:
    """No root anywhere: the account deploy has a manager of its own."""
    numbers = list(range(1, count + 1))
    configure(deploying, hosts, fraise, "deploy", numbers, scope="user", sudo=None)


@given(sentence('"{place}" has the variable "{name}" with the value "{value}"'))
@when(sentence('"{place}" gets the variable "{name}" with the value "{value}"'))
def has_variable(deploying: Deploying, place: str, name: str, value: str) -> None:
    """Declared in the target."""
    change_target(deploying.subject, place, env={name: value})


@given(sentence('version "{version}" that is unhealthy on host {number:d} is committed'))
def unhealthy_on(deploying: Deploying, hosts: Hosts, version: str, number: int) -> None:
    """Everywhere else it is well."""
    name = hosts.named(number).name
    asked = 'BEHAVIOUR[0] == "unhealthy"'
    assert asked in APP
    text = APP.replace(asked, f"socket.gethostname() == {name!r}")
    deploying.subject.workspace.repository.commit_files({"app.py": text}, "unwell somewhere")
    deploying.commit(version)


@given(sentence('the unit of "{fraise}" is written by somebody else'))
def foreign_unit(hosts: Hosts, fraise: str) -> None:
    """As it was before Fraisier came."""
    text = FOREIGN.format(folder=hosts.folder, port=PORT)
    for host in hosts.all:
        host.run(f"cat > /etc/systemd/system/{hosts.mark}-{fraise}.service", text)
        host.run("systemctl daemon-reload")


@given(sentence("another program has the port of the service on host {number:d}"))
def stranger_on(hosts: Hosts, number: int) -> None:
    """It was there first."""
    unit = f"--unit={hosts.mark}-stranger"
    listen = f"python3 -m http.server --bind 127.0.0.1 {PORT}"
    hosts.named(number).run(f"systemd-run --quiet --collect {unit} {listen}")
    asked = f"ss -Hltn 'sport = :{PORT}'"
    eventually(lambda: hosts.named(number).run(asked), "somebody who listens")


@given(sentence('"{place}" has no command'))
def no_command(deploying: Deploying, place: str) -> None:
    """Its unit is somebody else's affair."""
    workspace = deploying.subject.workspace
    fraise, environment = split(place)
    document = yaml.safe_load(workspace.config.read_text())
    del document["fraises"][fraise]["environments"][environment]["target"]["command"]
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('"{place}" expects another host behind the address of host {number:d}'))
def other_key(deploying: Deploying, hosts: Hosts, place: str, number: int) -> None:
    """Somebody has taken its place, or it was installed anew."""
    known = deploying.subject.workspace.folder / "known_hosts"
    lines = Path(hosts.known_hosts).read_text().splitlines()
    address = hosts.named(number).address
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    changed = [f"{address} {other}" if line.startswith(f"{address} ") else line for line in lines]
    assert changed != lines
    known.write_text("".join(f"{line}\n" for line in changed))
    change_target(deploying.subject, place, known_hosts=str(known))


@given(sentence("host {number:d} is cut off"))
@when(sentence("host {number:d} is cut off"))
def cut_off(hosts: Hosts, number: int) -> None:
    """Somebody pulls its cable."""
    hosts.named(number).cable("down")


@when(sentence("host {number:d} is reachable again"))
def reachable(hosts: Hosts, number: int) -> None:
    """The cable is back."""
    hosts.named(number).cable("up")
    eventually(lambda: hosts.named(number).attempt("true").returncode == 0, "the host", 20)


@when(sentence('version "{version}" has begun to start on host {number:d}'))
def begun_on(hosts: Hosts, version: str, number: int) -> None:
    """Its journal says so."""
    eventually(lambda: starts(hosts, number, version) > 0, f"{version} on host {number}", 30)


@when(sentence('the service of "{fraise}" is killed on host {number:d}'))
def kill_on(hosts: Hosts, fraise: str, number: int) -> None:
    """SIGKILL behind everybody's back."""
    hosts.named(number).run(f"systemctl kill --signal=KILL {hosts.mark}-{fraise}.service")


def starts(hosts: Hosts, number: int, version: str) -> int:
    """How often a version has been started on a host, by its own words."""
    unit = f"_SYSTEMD_UNIT={hosts.mark}-shop.service"
    said = hosts.named(number).run(f"journalctl -q -o cat {unit}")
    return said.splitlines().count(f"service {version} starts")

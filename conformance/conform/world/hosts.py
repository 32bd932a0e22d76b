"""The real hosts of a lab: what only somebody on them can see or do."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conform.labs import LABS
from conform.verdicts import HarnessError

COMMAND_SECONDS = 60.0
WORKER = "PYTEST_XDIST_WORKER"  # which of several processes this is: gw0, gw1, ...
GROUP = 3  # as many hosts as a scenario may use
# What an implementation's units and folders may be called is its own affair; these are ours.
FOLDER = "/srv/conform"


@dataclass(frozen=True, slots=True)
class Host:
    """One host, reached as root by the lab's own key."""

    name: str
    address: str
    link: str
    identity_file: str
    known_hosts: str

    def run(self, command: str, stdin: str = "") -> str:
        """
        Run a line of shell there and return what it printed.

        Raises:
            HarnessError: It failed.
        """
        done = self.attempt(command, stdin)
        if done.returncode:
            text = f"{self.name}: {command}: {done.returncode}: {done.stdout}{done.stderr}"
            raise HarnessError(text[-2000:])
        return done.stdout

    def attempt(self, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """The same, whatever comes out."""
        ssh = ["ssh", "-q", "-F", "none", "-i", self.identity_file, "-o", "BatchMode=yes",
               "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "ConnectTimeout=5",
               f"root@{self.address}", command]  # fmt: skip
        return subprocess.run(
            ssh, input=stdin, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )

    def get(self, port: int, path: str) -> dict[str, Any] | None:
        """What a service on it answers to somebody on it; None while nobody answers."""
        program = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())"
        url = f"http://127.0.0.1:{port}{path}"
        done = self.attempt(f"python3 -c {shlex.quote(program)} {shlex.quote(url)}")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def cable(self, state: str) -> None:
        """Plug its network cable in (``up``) or out (``down``)."""
        subprocess.run(["ip", "link", "set", self.link, state], check=True)


@dataclass(slots=True)
class Hosts:
    """The hosts, and a name that nothing else on them has: all that is called so goes away."""

    all: list[Host]
    identity_file: str
    known_hosts: str
    mark: str = field(default_factory=lambda: f"c{uuid.uuid4().hex[:8]}")

    @property
    def folder(self) -> str:
        """Where the scenario's applications live on each host."""
        return f"{FOLDER}/{self.mark}"

    def named(self, number: int) -> Host:
        """Host 1 is the first."""
        return self.all[number - 1]

    def prepare(self, account: str) -> None:
        """Make the folder for an account of the hosts."""
        for host in self.all:
            host.run(f"install -d -o {account} -g {account} {self.folder}")

    def clean(self) -> None:
        """Remove every unit with the mark in its name, and the folder."""
        script = _CLEAN.replace("MARK", self.mark).replace("FOLDER", self.folder)
        for host in self.all:
            host.cable("up")
            host.attempt("sh -s", script)


_CLEAN = """
for folder in /etc/systemd/system /home/deploy/.config/systemd/user; do
  for path in "$folder"/*MARK*; do
    [ -e "$path" ] || [ -L "$path" ] || continue
    case $folder in
      /etc/*) systemctl disable --now "${path##*/}" ;;
      *) runuser -u deploy -- env XDG_RUNTIME_DIR=/run/user/$(id -u deploy) \
           systemctl --user disable --now "${path##*/}" ;;
    esac
    rm -rf "$path"
  done
done
systemctl stop 'MARK*' 2>/dev/null
systemctl daemon-reload
rm -rf FOLDER
"""


def _own(hosts: list[dict[str, str]]) -> list[dict[str, str]]:
    """
    Those of this process: a scenario cuts cables and takes ports, so no two share hosts.

    Raises:
        HarnessError: The lab has not enough for so many processes.
    """
    number = int(os.environ.get(WORKER, "gw0").removeprefix("gw"))
    found = hosts[number * GROUP : (number + 1) * GROUP]
    if len(found) < GROUP:
        raise HarnessError(f"the lab has {len(hosts)} hosts, too few for {number + 1} processes")
    return found


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """The hosts of the lab around this run; clean again afterwards."""
    variable = LABS["lab-systemd"].variable
    if variable not in os.environ:
        raise HarnessError(f"{variable} is not set; `make lab-systemd` sets it")
    document = json.loads(Path(os.environ[variable]).read_text())
    keys = {name: document[name] for name in ("identity_file", "known_hosts")}
    found = Hosts([Host(**each, **keys) for each in _own(document["hosts"])], **keys)
    yield found
    found.clean()

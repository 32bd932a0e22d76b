"""A real systemd host of the lab, with Fraisier's dependencies on it."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

VARIABLE = "FRAISIER_LAB_SYSTEMD"
CHECKOUT = Path(__file__).resolve().parents[5]
SITE = "/opt/fraisier-site"


@dataclass(frozen=True, slots=True)
class Machine:
    """One host, reached as root."""

    address: str
    identity_file: str
    known_hosts: str

    def run(self, command: str, stdin: bytes = b"") -> str:
        """Run a line of shell that must succeed, and return what it printed."""
        ssh = ["ssh", "-q", "-F", "none", "-i", self.identity_file, "-o", "BatchMode=yes",
               "-o", f"UserKnownHostsFile={self.known_hosts}", f"root@{self.address}"]  # fmt: skip
        done = subprocess.run([*ssh, command], input=stdin, capture_output=True, check=False)
        text = done.stdout.decode()
        assert done.returncode == 0, f"{command}: {text}{done.stderr.decode()}"
        return text

    def write(self, path: str, text: str, mode: str = "644") -> None:
        """Make a file there."""
        name = shlex.quote(path)
        self.run(
            f"mkdir -p $(dirname {name}) && cat > {name} && chmod {mode} {name}", text.encode()
        )

    def unpack(self, folder: str, files: dict[str, Path]) -> None:
        """Copy files and folders there."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, path in files.items():
                archive.add(path, name, filter=_without_caches)
        self.run(f"mkdir -p {folder} && tar -xf - --no-same-owner -C {folder}", packed.getvalue())


def eventually(condition: Callable[[], object], what: str, seconds: float = 90.0) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.3)


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """The last host of the lab: scenarios beside these tests take the first ones."""
    if VARIABLE not in os.environ:
        pytest.skip(f"no systemd hosts: {VARIABLE} is not set (make lab-systemd)")
    lab = json.loads(Path(os.environ[VARIABLE]).read_text())
    found = Machine(lab["hosts"][-1]["address"], lab["identity_file"], lab["known_hosts"])
    theirs = found.run("python3 -c 'import sys; print(*sys.version_info[:2])'").split()
    if theirs != [str(part) for part in sys.version_info[:2]]:
        pytest.skip(f"the hosts have Python {'.'.join(theirs)}, this is another one")
    found.unpack(SITE, _dependencies())
    yield found


def _dependencies() -> dict[str, Path]:
    """Everything that the distribution fraisier needs, as it is installed here."""
    found: dict[str, Path] = {}
    todo, seen = [Requirement("fraisier")], set[str]()
    while todo:
        wanted = todo.pop()
        for extra in (*wanted.extras, ""):
            key = f"{wanted.name.lower().replace('_', '-')}[{extra}]"
            if key in seen:
                continue
            seen.add(key)
            distribution = importlib.metadata.distribution(wanted.name)
            needs = [Requirement(line) for line in distribution.requires or ()]
            todo += [r for r in needs if not r.marker or r.marker.evaluate({"extra": extra})]
            if wanted.name == "fraisier":
                continue
            for file in distribution.files or ():
                if ".." not in file.parts and file.suffix != ".pyc":
                    found[str(file)] = Path(str(file.locate()))
    return {name: path for name, path in found.items() if path.exists()}


def _without_caches(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in entry.name else entry

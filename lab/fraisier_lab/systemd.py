"""
Real systemd hosts for tests: started within seconds, reached over SSH, gone afterwards.

    python -m fraisier_lab.systemd run [--or-skip] -- COMMAND [ARGUMENT...]

They live in a network of their own: ``run_on_systemd_hosts`` runs a command inside it
with ``FRAISIER_LAB_SYSTEMD`` naming a JSON file:

    hosts          [{"name", "address", "link"}]; ``link`` is the host's cable: set it down.
                   Two processes that run scenarios have three each, the last is for others
    identity_file  a key that lets in as root and as deploy (not root, may run systemctl by sudo)
    known_hosts    the keys of the hosts
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fraisier_lab.private_network import (
    CannotStartError,
    end_by_signals,
    run_command_line,
    run_inside,
    say,
)
from fraisier_lab.systemd_host import Host, do, remove_cgroup
from fraisier_lab.systemd_root import have_tools, root

VARIABLE = "FRAISIER_LAB_SYSTEMD"
PREFIX = "frlab"
HOSTS = 7  # three for each of two processes that run scenarios, one for tests beside them


def run_on_systemd_hosts(command: list[str], count: int = HOSTS) -> int:
    """
    Run the command beside that many hosts and return its exit status.

    Raises:
        CannotStartError: There can be no hosts here.
    """
    end_by_signals()
    began = time.monotonic()
    have_tools()
    files = root()
    _sweep()
    with _lab(files, count) as (network, description):
        say(f"systemd: {count} hosts run after {time.monotonic() - began:.1f} s")
        return run_inside(network, command, VARIABLE, description, "systemd")


@contextlib.contextmanager
def _lab(files: Path, count: int) -> Generator[tuple[str, Path]]:
    network = f"{PREFIX}{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix=f"{network}-"))
    hosts = [_host(network, folder, number) for number in range(1, count + 1)]
    try:
        keys = _keys(folder, hosts)
        do("ip", "netns", "add", network)
        do("ip", "-n", network, "link", "set", "lo", "up")
        do("ip", "-n", network, "link", "add", "br0", "type", "bridge")
        do("ip", "-n", network, "addr", "add", "10.88.0.1/24", "dev", "br0")
        do("ip", "-n", network, "link", "set", "br0", "up")
        for host in hosts:
            host.prepare(files, keys["authorized"], Path(keys["host_key"]))
        for host in hosts:
            host.boot()
        with ThreadPoolExecutor(count) as pool:
            waits = [pool.submit(host.wait, _ssh(network, folder, host)) for host in hosts]
            for wait in waits:
                wait.result()
        yield network, _describe(folder, hosts)
    except (OSError, TimeoutError) as reason:
        raise CannotStartError(f"systemd hosts cannot be started: {reason}") from reason
    finally:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(Host.stop, hosts))
        subprocess.run(["ip", "netns", "del", network], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _host(network: str, folder: Path, number: int) -> Host:
    name = f"{network}-{number}"
    address = f"10.88.0.{10 + number}"
    return Host(name, address, f"v{number}", network, folder / name, _cgroups() / name)


def _cgroups() -> Path:
    """Where the version 2 hierarchy of this machine is."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(place)
    raise CannotStartError("systemd hosts need cgroups of version 2")


def _keys(folder: Path, hosts: list[Host]) -> dict[str, str]:
    """A key to get in, and one by which the hosts are known."""
    for name in ("identity", "host_key"):
        do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    public = " ".join((folder / "host_key.pub").read_text().split()[:2])
    known = "".join(f"{host.address} {public}\n" for host in hosts)
    (folder / "known_hosts").write_text(known)
    return {
        "authorized": (folder / "identity.pub").read_text(),
        "host_key": str(folder / "host_key"),
    }


def _describe(folder: Path, hosts: list[Host]) -> Path:
    description = folder / "lab.json"
    document = {
        "hosts": [{"name": h.name, "address": h.address, "link": h.link} for h in hosts],
        "identity_file": str(folder / "identity"),
        "known_hosts": str(folder / "known_hosts"),
    }
    description.write_text(json.dumps(document, indent=1))
    return description


def _ssh(network: str, folder: Path, host: Host) -> list[str]:
    return [
        "nsenter", f"--net=/run/netns/{network}", "--", "ssh", "-q", "-F", "none",
        "-i", str(folder / "identity"), "-o", f"UserKnownHostsFile={folder / 'known_hosts'}",
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=2", f"root@{host.address}",
    ]  # fmt: skip


def _sweep() -> None:
    """Take away what a lab left behind that was killed without a chance to clean up."""
    for path in Path("/run/netns").glob(f"{PREFIX}*"):
        if _is_orphan(path.name):
            subprocess.run(["ip", "netns", "del", path.name], capture_output=True, check=False)
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        if _is_orphan(folder.name):
            for files in folder.glob("*/files"):
                subprocess.run(["umount", "--lazy", str(files)], capture_output=True, check=False)
            shutil.rmtree(folder, ignore_errors=True)
    for cgroup in _cgroups().glob(f"{PREFIX}*-*"):
        if _is_orphan(cgroup.name):
            remove_cgroup(cgroup)


def _is_orphan(name: str) -> bool:
    """Whether the process that is in the name has ended."""
    owner = name.removeprefix(PREFIX).partition("-")[0]
    return owner.isdigit() and not Path(f"/proc/{owner}").exists()


def main(arguments: list[str]) -> int:
    """The exit status for a command line (``private_network.run_command_line``)."""
    return run_command_line("systemd", arguments, run_on_systemd_hosts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One real systemd host: a container with its own init, network and sshd."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fraisier_lab.lifetime import die_with_parent

STOP_SECONDS = 15.0
BOOT_SECONDS = 60.0


@dataclass(slots=True)
class Host:
    """
    ``name`` is unique on this machine, ``address`` within the lab's network.

    ``folder`` holds what the host changed: it is an overlay over the common root.
    """

    name: str
    address: str
    link: str
    lab: str
    folder: Path
    cgroup: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def files(self) -> Path:
        """The host's file system, as it sees it."""
        return self.folder / "files"

    def prepare(self, root: Path, authorized: str, host_key: Path) -> None:
        """Lay the overlay and give the host its keys and its place in the network."""
        for name in ("changes/etc", "work", "files"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "changes/etc/hostname").write_text(f"{self.name}\n")
        (self.folder / "changes/etc/hosts").write_text(f"127.0.0.1 localhost {self.name}\n")
        layers = f"lowerdir={root},upperdir={self.folder}/changes,workdir={self.folder}/work"
        do("mount", "-t", "overlay", "overlay", "-o", layers, str(self.files))
        for home, owner in (("root", 0), ("home/deploy", _owner(self.files, "deploy"))):
            _authorize(self.files / home / ".ssh", authorized, owner)
        key = self.files / "etc/ssh/ssh_host_ed25519_key"
        key.write_bytes(host_key.read_bytes())
        key.chmod(0o600)
        self.cgroup.mkdir()
        self._connect()

    def boot(self) -> None:
        """Start its init; it dies with this process."""
        end = die_with_parent(signal.SIGTERM)
        group = str(self.cgroup / "cgroup.procs")

        def enter() -> None:
            Path(group).write_text(str(os.getpid()))
            if end:
                end()

        with (self.folder / "console.log").open("wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", _BOOT, "boot",
                 str(self.files), self.name, f"/run/netns/{self.name}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=enter,
            )  # fmt: skip

    def wait(self, ssh: Sequence[str]) -> None:
        """
        Wait until it lets us in.

        Raises:
            TimeoutError: It does not, and the text ends with its console.
        """
        deadline = time.monotonic() + BOOT_SECONDS
        ready = ["systemctl", "is-system-running", "--wait"]
        while time.monotonic() < deadline:
            done = subprocess.run([*ssh, *ready], capture_output=True, text=True, check=False)
            if done.stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.1)
        console = (self.folder / "console.log").read_text(errors="replace")[-500:]
        raise TimeoutError(f"{self.name} does not boot: {console}")

    def stop(self) -> None:
        """Shut it down and take its traces away."""
        if self.process is not None:
            self._end(self.process)
        for command in (["umount", "--lazy", str(self.files)], ["ip", "netns", "del", self.name]):
            subprocess.run(command, capture_output=True, check=False)
        remove_cgroup(self.cgroup)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        kill = self.cgroup / "cgroup.kill"
        if kill.exists():
            kill.write_text("1")
            time.sleep(0.05)

    def _connect(self) -> None:
        lab, name = self.lab, self.name
        do("ip", "netns", "add", name)
        do("ip", "-n", name, "link", "set", "lo", "up")
        do("ip", "-n", lab, "link", "add", self.link, "type", "veth",
           "peer", "name", "eth0", "netns", name)  # fmt: skip
        do("ip", "-n", lab, "link", "set", self.link, "master", "br0", "up")
        do("ip", "-n", name, "addr", "add", f"{self.address}/24", "dev", "eth0")
        do("ip", "-n", name, "link", "set", "eth0", "up")


# systemd of the host manages its part of a version 2 hierarchy, whatever this machine has.
_BOOT = """
umount -l -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup &&
exec systemd-nspawn -q -D "$1" -M "$2" --boot --register=no --keep-unit \\
  --network-namespace-path="$3" --link-journal=no --console=pipe
"""


def remove_cgroup(cgroup: Path) -> None:
    """Remove a control group with all below it; those that still have processes stay."""
    for folder in [Path(found) for found, _, _ in os.walk(cgroup, topdown=False)]:
        with contextlib.suppress(OSError):
            folder.rmdir()


def do(*command: str) -> str:
    """
    Run a command that must succeed and return what it printed.

    Raises:
        OSError: It did not; the text is what it said.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _owner(files: Path, user: str) -> int:
    lines = (files / "etc/passwd").read_text().splitlines()
    return next(int(line.split(":")[2]) for line in lines if line.startswith(f"{user}:"))


def _authorize(folder: Path, key: str, owner: int) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "authorized_keys").write_text(key)
    (folder / "authorized_keys").chmod(0o600)
    for path in (folder, folder / "authorized_keys"):
        os.chown(path, owner, owner)

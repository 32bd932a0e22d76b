"""The file system that every systemd host of a lab starts from: made once, then kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from fraisier_lab.private_network import CannotStartError

RELEASE = "bookworm"
PACKAGES = ("systemd", "systemd-sysv", "libpam-systemd", "dbus", "dbus-user-session",
            "openssh-server", "iproute2", "python3", "sudo", "git", "ca-certificates")  # fmt: skip
NEEDED = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container", "ip": "iproute2",
          "ssh": "openssh-client", "nsenter": "util-linux"}  # fmt: skip
SUDOERS = "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl\n"
SSHD = """UseDNS no
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
MaxStartups 100
MaxSessions 100
"""
BUILD_SECONDS = 900


def root() -> Path:
    """
    The folder of the file system, made when it is not there yet (about half a minute).

    Raises:
        CannotStartError: It cannot be made here.
    """
    recipe = repr((RELEASE, PACKAGES, SUDOERS, SSHD))
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    folder = _cache() / f"systemd-{RELEASE}-{digest}"
    if not folder.is_dir():
        _build(folder)
    return folder


def have_tools() -> None:
    """
    See that what a lab needs is installed, and install it where that can be done.

    Raises:
        CannotStartError: It is not Linux, not root, or something cannot be installed.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise CannotStartError("systemd hosts need root on Linux")
    missing = sorted({package for tool, package in NEEDED.items() if not shutil.which(tool)})
    if missing and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        raise CannotStartError(f"systemd hosts need {', '.join(missing)}")


def _cache() -> Path:
    """Kept between runs and shared by checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fraisier-lab"


def _build(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    print("systemd: making the file system of the hosts, once", file=sys.stderr, flush=True)
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    try:
        made = subprocess.run(
            [*command, RELEASE, str(draft)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
        if made.returncode:
            said = " ".join(made.stderr.split())[-300:]
            raise CannotStartError(f"mmdebstrap ended with {made.returncode}: {said}")
        _settle(draft)
        draft.rename(folder)
    except subprocess.TimeoutExpired as reason:
        raise CannotStartError(f"mmdebstrap took longer than {BUILD_SECONDS} s") from reason
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(draft: Path) -> None:
    """Accounts and settings that all hosts share. There is no password on them."""
    subprocess.run(
        ["chroot", str(draft), "useradd", "--create-home", "--shell", "/bin/sh",
         "--groups", "systemd-journal", "deploy"],
        check=True, capture_output=True,
    )  # fmt: skip
    sudoers = draft / "etc/sudoers.d/deploy"
    sudoers.write_text(SUDOERS)
    sudoers.chmod(0o440)
    (draft / "etc/ssh/sshd_config.d/lab.conf").write_text(SSHD)
    for key in (draft / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    linger = draft / "var/lib/systemd/linger"
    linger.mkdir(parents=True, exist_ok=True)
    (linger / "deploy").touch()

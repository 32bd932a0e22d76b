"""What a private Docker engine needs on this machine, and how it gets there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fraisier_lab.private_network import CannotStartError

NEEDED = {"dockerd": "docker.io", "docker": "docker.io", "iptables": "iptables",
          "busybox": "busybox-static", "ip": "iproute2", "nsenter": "util-linux"}  # fmt: skip
LOCK = "requirements-docker.lock"
PLUGIN_FOLDERS = ("/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
                  "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins")  # fmt: skip
INSTALL_SECONDS = 600


def have_tools() -> None:
    """
    See that what the engine needs is installed, and install it where that can be done.

    Raises:
        CannotStartError: It is not Linux, not root, or something cannot be installed.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise CannotStartError("a private Docker engine needs root on Linux")
    missing = sorted({package for tool, package in NEEDED.items() if not shutil.which(tool)})
    if missing and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            _quietly(["apt-get", "-qq", *command], environment)
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        raise CannotStartError(f"a Docker engine needs {', '.join(missing)}")


def compose_plugin(checkout: Path) -> Path:
    """
    The Compose plugin: the one that is installed, else the pinned one, fetched once.

    Raises:
        CannotStartError: There is none for this machine.
    """
    for folder in PLUGIN_FOLDERS:
        if os.access(Path(folder) / "docker-compose", os.X_OK):
            return Path(folder) / "docker-compose"
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    target = Path(base) / "fraisier-lab" / f"compose-{_digest(checkout / LOCK)}"
    plugin = target / "bin" / "docker-compose"
    if not os.access(plugin, os.X_OK):
        _install(checkout / LOCK, target)
    if not os.access(plugin, os.X_OK):
        raise CannotStartError("the Compose plugin cannot be installed")
    return plugin


def _digest(lock: Path) -> str:
    import hashlib

    return hashlib.sha256(lock.read_bytes()).hexdigest()[:12]


def _install(lock: Path, target: Path) -> None:
    """Into a folder beside, so that a half of it is never found."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    options = ["--require-hashes", "--no-deps", "--target", str(draft), "-r", str(lock)]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"]
    try:
        if _quietly([*pip, *options]) or _quietly([*uv, *options]):
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(target)
    except OSError as reason:
        if not target.is_dir():  # nor has another lab made it meanwhile
            raise CannotStartError(f"the Compose plugin: {reason}") from reason
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _quietly(command: list[str], environment: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

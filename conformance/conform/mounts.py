"""
File systems that a scenario can fill or close, seen by nobody outside of the run.

The cases that need them run in a mount namespace of their own (``unshare``, as root or as
a user), so that nothing is mounted for anybody else and nothing is left when they are
killed.
"""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conform.verdicts import HarnessError

TAG = "lab-mounts"
VARIABLE = "CONFORM_MOUNTS"  # set for those that run inside of the namespace
PROBE_SECONDS = 10.0
_RDONLY, _REMOUNT, _BIND, _DETACH = 1, 32, 4096, 2  # of mount(2) and umount2(2)


def prefix() -> tuple[str, ...]:
    """What a command begins with to run in a mount namespace; it stays who it is."""
    if os.geteuid() == 0:
        return ("unshare", "--mount")
    return ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount")


def surroundings() -> dict[str, str]:
    """The variables of what runs inside."""
    return {VARIABLE: "1"}


@functools.cache
def possible() -> bool:
    """Whether this machine lets us: asked by doing it once."""
    command = [*prefix(), sys.executable, "-m", "conform.mounts"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            env=dict(os.environ) | surroundings(),
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def small(folder: Path, size: int) -> None:
    """Put a file system of so many bytes on the folder."""
    _mount("conform", folder, "tmpfs", 0, f"size={size},mode=700")


def close(folder: Path) -> None:
    """
    What is opened below the folder from now on is on a read-only file system. A file
    that is open for writing already keeps the one below busy, and stays writable.
    """
    _mount(str(folder), folder, "", _BIND)
    _mount("", folder, "", _REMOUNT | _BIND | _RDONLY)


def reopen(folder: Path) -> None:
    """Undo ``close``, whoever is still in there."""
    _check(_libc().umount2(os.fsencode(folder), _DETACH), f"umount {folder}")


def _mount(source: str, folder: Path, kind: str, flags: int, data: str = "") -> None:
    if not os.environ.get(VARIABLE):
        raise HarnessError(f"{folder}: nothing is mounted outside of a namespace")
    words = (source.encode(), os.fsencode(folder), kind.encode() or None)
    _check(_libc().mount(*words, ctypes.c_ulong(flags), data.encode() or None), f"mount {folder}")


def _check(status: int, what: str) -> None:
    if status:
        raise HarnessError(f"{what}: {os.strerror(ctypes.get_errno())}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _probe() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small(folder, 65536)
        close(folder)
        try:
            (folder / "file").touch()
        except OSError:
            reopen(folder)
            (folder / "file").touch()
            _check(_libc().umount2(os.fsencode(folder), _DETACH), "umount")
            return
    raise HarnessError("what is mounted read-only can be written")


if __name__ == "__main__":
    _probe()

"""Processes that a scenario left behind: found by its folder, ended without mercy."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
ROUNDS = 50


def belonging_to(folder: Path) -> Iterator[int]:
    """
    The processes, other than this one, that run in ``folder`` or that have it in
    their arguments or environment. No two scenarios share a folder.
    """
    needle = os.fsencode(folder)
    for entry in PROC.glob("[0-9]*"):
        pid = int(entry.name)
        if pid != os.getpid() and _belongs(entry, needle):
            yield pid


def _belongs(entry: Path, needle: bytes) -> bool:
    try:
        if b"\nState:\tZ" in (entry / "status").read_bytes():
            return False
        if os.fsencode((entry / "cwd").readlink()).startswith(needle):
            return True
        return any(needle in (entry / name).read_bytes() for name in ("cmdline", "environ"))
    except OSError:  # it has ended, or is somebody else's
        return False


def end_all(folder: Path) -> None:
    """Kill them, and what they start meanwhile, until none is left."""
    for _ in range(ROUNDS):
        found = list(belonging_to(folder))
        if not found:
            return
        for pid in found:
            _kill(pid)
        time.sleep(0.01)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return

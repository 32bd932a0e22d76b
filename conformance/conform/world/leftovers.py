"""Processes that a scenario left behind: found by its folder, ended without mercy."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Set
from pathlib import Path

PROC = Path("/proc")
ROUNDS = 50


def running() -> frozenset[str]:
    """The processes of now, by process id."""
    return frozenset(filter(str.isdigit, os.listdir(PROC)))  # noqa: PTH208 (names are enough)


def belonging_to(folder: Path, older: Set[str] = frozenset()) -> Iterator[int]:
    """
    The processes, other than this one, that run in ``folder`` or that have it in
    their arguments or environment. No two scenarios share a folder. Those that ran
    before there was the folder (``older``) need not be looked at.
    """
    needle = os.fsencode(folder)
    for name in running() - older - {str(os.getpid())}:
        if _belongs(PROC / name, needle):
            yield int(name)


def _belongs(entry: Path, needle: bytes) -> bool:
    try:
        inside = os.fsencode((entry / "cwd").readlink()).startswith(needle)
        if not inside and not any(
            needle in (entry / name).read_bytes() for name in ("cmdline", "environ")
        ):
            return False
        return b"\nState:\tZ" not in (entry / "status").read_bytes()
    except OSError:  # it has ended, or is somebody else's
        return False


def end_all(folder: Path, older: Set[str] = frozenset()) -> None:
    """Kill them, and what they start meanwhile, until none is left."""
    for _ in range(ROUNDS):
        found = list(belonging_to(folder, older))
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

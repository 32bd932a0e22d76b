"""Leave no process behind: adopt what our children orphan, and end all children at once."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

KILL_SECONDS_MAX = 2.0
_PR_SET_CHILD_SUBREAPER = 36


def own_program(module: str, *arguments: str) -> list[str]:
    """The argument list that runs ``main`` of a module of this folder, quick to start."""
    source = str(Path(__file__).resolve().parents[2])
    code = (
        f"import sys; sys.path.append({source!r}); "
        f"from fraisier.effects.{module} import main; main()"
    )
    return [sys.executable, "-I", "-S", "-c", code, *arguments]


def adopt_orphans() -> None:
    """From now on whoever below us loses its parent becomes our child (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap(ended: Callable[[int, int], None] | None = None) -> bool:
    """Collect every child that has ended and tell its wait status; whether others live."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        if ended is not None:
            ended(pid, status)


def kill_children() -> None:
    """SIGKILL to every child, and to those that we adopt thereby, until none is left."""
    deadline = time.monotonic() + KILL_SECONDS_MAX
    while reap() and time.monotonic() < deadline:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def process_started(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot; ``None`` when it is gone."""
    fields = _stat(Path(f"/proc/{pid}"))
    return int(fields[19]) if fields and fields[0] not in ("Z", "X") else None


def process_age(pid: int) -> float:
    """For how many seconds the process lives; 0 when it is gone."""
    started = process_started(pid)
    if started is None:
        return 0.0
    # Not /proc/uptime, which in some containers is that of the container.
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return max(0.0, since_boot - started / os.sysconf("SC_CLK_TCK"))


def _children() -> Iterator[int]:
    own = str(os.getpid())
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat(entry)
        if fields and fields[1] == own:
            yield int(entry.name)


def _stat(entry: Path) -> list[str] | None:
    """The fields of a process from its state on; ``None`` when it is gone."""
    try:
        text = (entry / "stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()

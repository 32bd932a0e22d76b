"""Whether this process is part of a unit of systemd, whose restart would end it."""

from __future__ import annotations

from pathlib import Path


def is_part_of(unit: str) -> bool:
    """Whether a control group on the way to this process is that of the unit."""
    try:
        lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        return False
    return any(unit in line.rpartition(":")[2].split("/") for line in lines)

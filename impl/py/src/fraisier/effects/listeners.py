"""Who listens on a port of this machine, as far as this user may know (Linux)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from fraisier.effects.reaping import process_started

_PROC = Path("/proc")
_LISTENS = "0A"
_SOCKET = re.compile(r"socket:\[(\d+)\]")


def stranger_on(port: int, service: int, supervisor: int | None) -> int | None:
    """
    The process that listens on the port when it surely has nothing to do with the service.

    ``None`` when the service, its group, or a descendant of it or of its supervisor
    listens; when the listener is younger than the service, which may have had it
    started by somebody else (containers are); and when nobody can tell, as with
    processes of other users.
    """
    sockets = _listening(port)
    if not sockets:
        return None
    parents, since = _parents(), process_started(service) or 0
    stranger = None
    for pid, (_, group) in parents.items():
        if not sockets & _sockets_of(pid):
            continue
        if group == service or _descends(pid, {service, supervisor}, parents):
            return None
        if (process_started(pid) or since) < since:
            stranger = pid
    return stranger


def _listening(port: int) -> frozenset[str]:
    found: set[str] = set()
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / name).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(fields[9])
    return frozenset(found)


def _parents() -> dict[int, tuple[int, int]]:
    """Parent and group of every process."""
    found: dict[int, tuple[int, int]] = {}
    for entry in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            found[int(entry.name)] = (int(fields[1]), int(fields[2]))
    return found


def _descends(
    pid: int, ancestors: Collection[int | None], parents: Mapping[int, tuple[int, int]]
) -> bool:
    while pid in parents:
        if pid in ancestors:
            return True
        pid = parents[pid][0]
    return False


def _sockets_of(pid: int) -> frozenset[str]:
    return frozenset(_links(_PROC / str(pid) / "fd"))


def _links(folder: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            with contextlib.suppress(OSError):
                if match := _SOCKET.fullmatch(str(entry.readlink())):
                    yield match[1]

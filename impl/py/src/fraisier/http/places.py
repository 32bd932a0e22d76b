"""How many connections of each kind this process has places for."""

from __future__ import annotations

import resource

CONNECTIONS_MAX = 1_024
STREAMS_MAX = 8_192


def connections_max() -> int:
    """Connections with requests: files of this process are left for other things."""
    files = _files()
    return CONNECTIONS_MAX if files < 0 else min(CONNECTIONS_MAX, files * 3 // 4)


def streams_max() -> int:
    """Streams and sockets, which have places of their own."""
    files = _files()
    return STREAMS_MAX if files < 0 else min(STREAMS_MAX, max(8, files * 3 // 4 - CONNECTIONS_MAX))


def open_more_files() -> None:
    """Ask for as many files as all places need, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = (CONNECTIONS_MAX + STREAMS_MAX) * 4 // 3 + 1
    most = wanted if hard < 0 else min(wanted, hard)
    if 0 <= soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

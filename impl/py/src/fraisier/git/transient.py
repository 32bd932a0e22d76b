"""Failures of git that are the network's: nothing speaks against asking again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fraisier.domain.errors import FraisierError

_NETWORK = re.compile(
    r"could not resolve host|temporary failure in name resolution|couldn't connect"
    r"|failed to connect|connection (?:refused|timed out|reset|closed|was reset)"
    r"|operation timed out|network is unreachable|no route to host|early eof"
    r"|unexpected disconnect|remote end hung up|empty reply from server|gnutls_handshake"
    r"|transfer closed|operation too slow|requested url returned error: (?:429|5\d\d)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"permission denied|authentication failed|host key verification failed|could not read username"
    r"|repository not found|does not appear to be a git repository"
    r"|requested url returned error: 4(?!29)\d\d",
    re.IGNORECASE,
)


class UnreachableError(FraisierError):
    """``fetch-failed``: the repository could not be reached just now."""


def is_transient(lines: Iterable[str]) -> bool:
    """Whether these last lines of git tell of the network, and of no refusal."""
    text = "\n".join(lines)
    return _NETWORK.search(text) is not None and _REFUSED.search(text) is None

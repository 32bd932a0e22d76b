"""Which failures of git are worth another attempt."""

from __future__ import annotations

import pytest
from fraisier.git.transient import is_transient


@pytest.mark.parametrize(
    "line",
    [
        "fatal: unable to access 'https://git.example/a.git/': Could not resolve host: git.example",
        "fatal: unable to access 'http://h/a.git/': Failed to connect to h port 80: "
        "Connection refused",
        "fatal: unable to access 'http://h/a.git/': The requested URL returned error: 503",
        "fatal: unable to access 'http://h/a.git/': The requested URL returned error: 429",
        "error: RPC failed; curl 56 GnuTLS recv error (-54)\nfatal: early EOF",
        "ssh: connect to host h port 22: Connection timed out",
        "fatal: the remote end hung up unexpectedly",
    ],
)
def test_is_transient__network__is(line: str) -> None:
    """The next attempt may well succeed."""
    assert is_transient(line.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "remote: Repository not found.",
        "fatal: Authentication failed for 'https://git.example/a.git/'",
        "fatal: could not read Username for 'https://git.example': terminal prompts disabled",
        "git@h: Permission denied (publickey).\nfatal: the remote end hung up unexpectedly",
        "Host key verification failed.\nConnection closed by remote host",
        "fatal: '/srv/gone.git' does not appear to be a git repository",
        "fatal: unable to access 'http://h/a.git/': The requested URL returned error: 403",
        "fatal: couldn't find remote ref main",
        "error: unable to write file: No space left on device",
    ],
)
def test_is_transient__refusal_or_anything_else__is_not(line: str) -> None:
    """Asking again would change nothing, or nobody knows."""
    assert not is_transient(line.splitlines())

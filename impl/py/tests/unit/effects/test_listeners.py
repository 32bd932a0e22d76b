"""Who listens on a port: the service, or a stranger that was there before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator

import pytest
from fraisier.effects.listeners import stranger_on

LISTENER = """
import socket, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.fixture
def listener() -> Generator[tuple[subprocess.Popen[str], int]]:
    """A process that listens, and its port."""
    command = [sys.executable, "-c", LISTENER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


def test_stranger_on__older_process_listens__is_named(
    listener: tuple[subprocess.Popen[str], int],
) -> None:
    """What listened before the service began is no part of it."""
    process, port = listener
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as service:
        try:
            assert stranger_on(port, service.pid, service.pid) == process.pid
        finally:
            service.kill()


def test_stranger_on__service_itself_listens__is_none(
    listener: tuple[subprocess.Popen[str], int],
) -> None:
    """The service and what descends from it are no strangers."""
    process, port = listener
    assert stranger_on(port, process.pid, None) is None

"""Lock files: exclusive, free when their holder dies, and taken from one that stands still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fraisier.effects.files import locked

HOLDER = """
import sys, time
from pathlib import Path
from fraisier.effects.files import locked
with locked(Path(sys.argv[1]), timeout_seconds=5, stale_seconds=float(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(lock: Path, stale_seconds: float) -> Generator[int]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(lock), str(stale_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process.pid
        finally:
            process.kill()


def test_locked__holder_is_alive__is_never_taken_from_it(tmp_path: Path) -> None:
    """However short the patience, a holder that shows life keeps the lock."""
    lock = tmp_path / "a.lock"
    with (
        holder(lock, 0.5),
        pytest.raises(TimeoutError),
        locked(lock, timeout_seconds=2, stale_seconds=1),
    ):
        raise AssertionError("both have it")


def test_locked__holder_stands_still__is_taken_from_it(tmp_path: Path) -> None:
    """A stopped process keeps its kernel lock; who waits goes on with a new file."""
    lock = tmp_path / "a.lock"
    with holder(lock, 0.5) as pid:
        os.kill(pid, signal.SIGSTOP)
        with locked(lock, timeout_seconds=20, stale_seconds=0.5):
            assert lock.exists()


def test_locked__holder_stands_still_without_patience__is_waited_for(tmp_path: Path) -> None:
    """A fence is never taken from anybody."""
    lock = tmp_path / "a.lock"
    with holder(lock, 0.5) as pid:
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(TimeoutError), locked(lock, timeout_seconds=1):
            raise AssertionError("both have it")


def test_locked__holder_was_killed__is_free_at_once(tmp_path: Path) -> None:
    """The kernel lets go of what a dead process held."""
    lock = tmp_path / "a.lock"
    with holder(lock, 0.5):
        pass
    with locked(lock, timeout_seconds=5):
        assert lock.exists()

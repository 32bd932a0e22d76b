"""
Run one command and take everything it started along when it ends or the caller dies.

Its own program (``reaping.own_program``): ``guard DESCRIPTOR COMMAND...``,
as the leader of a new process group. The descriptor is one end of a socket pair.
The other end closes when the caller dies, even by SIGKILL; then everything below the
guard is killed, also what has left its group. When the command ends first, the guard
writes ``exit N`` or ``missing TEXT`` and kills what the command left behind.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys

from fraisier.effects.reaping import adopt_orphans, kill_children

_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _note(*_: object) -> None:
    """Let the signal interrupt the wait; nothing else."""


def main() -> None:
    """Start the command and wait for its end or for the end of the caller."""
    channel = int(sys.argv[1])
    os.set_inheritable(channel, False)
    for number in _IGNORED:  # the group is signalled as a whole, and the guard reports how it went
        signal.signal(number, signal.SIG_IGN)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, _note)
    signal.set_wakeup_fd(wake_write)
    adopt_orphans()
    report(channel, run(sys.argv[2:], channel, wake_read))


def run(argv: list[str], channel: int, wake: int) -> str:
    """Run the command to its end and say how it ended."""
    try:
        reset = (*_IGNORED, signal.SIGPIPE)
        pid = os.posix_spawnp(argv[0], argv, os.environ, setsigdef=reset)
    except OSError as error:
        return f"missing {error.strerror}"
    while True:
        ready, _, _ = select.select([channel, wake], [], [])
        if channel in ready:
            return "exit -9"
        os.read(wake, 100)
        done, status = os.waitpid(pid, os.WNOHANG)
        if done == pid:
            return f"exit {os.waitstatus_to_exitcode(status)}"


def report(channel: int, text: str) -> None:
    """End all that is left, then tell the caller."""
    kill_children()
    with contextlib.suppress(OSError):  # the caller is gone
        os.write(channel, text.encode())
    os.killpg(0, signal.SIGKILL)

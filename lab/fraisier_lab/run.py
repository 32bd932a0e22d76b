"""Run a command with a real PostgreSQL beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType

from fraisier_lab.lifetime import die_with_parent
from fraisier_lab.postgresql import VARIABLE, Server, UnavailableError, start

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequestedError(Exception):
    """A signal asked for the end before the command was running."""


def run_beside_postgresql(command: list[str]) -> int:
    """
    Run ``command`` with the server's URL in its environment; return its exit
    status. When no server can be had one line says so and the command runs
    without it. Signals reach the command; the server ends after it.
    """
    pending: list[subprocess.Popen[bytes]] = []
    _forward_signals(pending)
    server: Server | None = None
    try:
        server = _start_or_say()
        environment = dict(os.environ) | ({VARIABLE: server.url} if server else {})
        return _run(command, environment, pending)
    except _StopRequestedError as stopped:
        return 128 + stopped.args[0]
    finally:
        if server:
            server.stop()


def _start_or_say() -> Server | None:
    try:
        server = start()
    except UnavailableError as reason:
        print(reason, file=sys.stderr, flush=True)
        return None
    print(f"PostgreSQL: {server.source}", file=sys.stderr, flush=True)
    return server


def _run(
    command: list[str], environment: dict[str, str], pending: list[subprocess.Popen[bytes]]
) -> int:
    try:
        child = subprocess.Popen(
            command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM)
        )
    except OSError as reason:
        print(f"cannot run {command[0]}: {reason.strerror}", file=sys.stderr)
        return 127
    pending.append(child)
    status = child.wait()
    return status if status >= 0 else 128 - status


def _forward_signals(pending: list[subprocess.Popen[bytes]]) -> None:
    def forward(number: int, _frame: FrameType | None) -> None:
        if not pending:
            raise _StopRequestedError(number)
        if pending[0].poll() is None:
            pending[0].send_signal(number)

    for number in FORWARDED:
        signal.signal(number, forward)

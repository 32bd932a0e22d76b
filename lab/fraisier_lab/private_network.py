"""Commands that run in the network of a lab, and the command line that starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from fraisier_lab.lifetime import die_with_parent


class CannotStartError(Exception):
    """There can be no such lab here; the message says why."""


def end_by_signals() -> None:
    """Let SIGTERM and SIGHUP unwind: what was started is taken down."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def run_inside(
    network: str, command: list[str], variable: str, description: Path, name: str
) -> int:
    """The exit status of the command in the network, with the lab's description in a variable."""
    began = time.monotonic()
    status = subprocess.run(
        ["nsenter", f"--net=/run/netns/{network}", "--", *command],
        env={**os.environ, variable: str(description)},
        preexec_fn=die_with_parent(signal.SIGTERM),
        check=False,
    ).returncode
    say(f"{name}: the command ended with {status} after {time.monotonic() - began:.1f} s")
    return status


def run_command_line(name: str, arguments: list[str], run: Callable[[list[str]], int]) -> int:
    """
    ``run [--or-skip] -- COMMAND...``: the exit status of the command, or 2 when the line is
    wrong. Where there can be no lab: 0 with ``--or-skip``, else 1; one line says why.
    """
    skip = arguments[1:2] == ["--or-skip"]
    command = arguments[2 if skip else 1 :]
    if arguments[:1] != ["run"] or command[:1] != ["--"] or len(command) < 2:
        say(f"usage: python -m fraisier_lab.{name} run [--or-skip] -- COMMAND [ARGUMENT...]")
        return 2
    try:
        return run(command[1:])
    except CannotStartError as reason:
        say(f"skipped: {reason}" if skip else str(reason))
        return 0 if skip else 1


def say(line: str) -> None:
    """Tell whoever watches."""
    print(line, file=sys.stderr, flush=True)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)

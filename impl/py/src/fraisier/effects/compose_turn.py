"""
Run one command on a Compose project, alone and only with the newest fencing token.

Its own program (``reaping.own_program``): ``compose_turn FOLDER SCOPE TOKEN SECONDS
COMMAND...``. The lock and the check are here and not in the worker, because a worker may
be frozen at any point: frozen while it held the lock it would block its successor, and
woken after its check it would act late. The lock goes along into the command and is free
when that has ended. An empty token is not compared.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FENCE_LABEL = "fraisier.fence"
SCOPE_LABEL = "fraisier.scope"
# Exit statuses that no Compose command has.
BUSY, OVERTAKEN, UNREACHABLE = 240, 241, 242
ASK_SECONDS = 30.0


def main() -> None:
    """Wait for the turn, look whether somebody newer has been here, become the command."""
    folder, scope, token, seconds, *command = sys.argv[1:]
    if not take_lock(Path(folder) / "fence.lock", float(seconds)):
        leave(BUSY, "another command holds the project")
    if token:
        check(Path(folder) / "fence.json", scope, int(token))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        leave(127, f"cannot run {command[0]}: {error.strerror}")


def leave(status: int, reason: str) -> None:
    """End with a status that the caller knows, and say why."""
    print(reason, file=sys.stderr, flush=True)
    sys.exit(status)


def take_lock(path: Path, seconds: float) -> bool:
    """Take the lock and leave it to whatever this process becomes; false when it stays held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def check(path: Path, scope: str, token: int) -> None:
    """Compare with what this machine remembers and with what the containers carry."""
    known = read(path)
    tokens = tokens_on_containers(scope)
    if known.get("scope") == scope:
        tokens.append(int(known["token"]))
    if max(tokens, default=0) > token:
        leave(OVERTAKEN, "another worker has taken the project over")
    write(path, {"scope": scope, "token": token})


def tokens_on_containers(scope: str) -> list[int]:
    """The fencing tokens of the scope's containers, running or not, on the engine."""
    label = f'{{{{.Label "{FENCE_LABEL}"}}}}'
    question = ["docker", "ps", "--all", "--filter", f"label={SCOPE_LABEL}={scope}"]
    try:
        done = subprocess.run(
            [*question, "--format", label],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        leave(UNREACHABLE, f"cannot ask the engine: {error}")
        raise
    if done.returncode:
        leave(UNREACHABLE, done.stderr.strip())
    return [int(word) for word in done.stdout.split() if word.isdecimal()]


def read(path: Path) -> dict[str, Any]:
    """What was written last; nothing when it cannot be read."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def write(path: Path, document: dict[str, Any]) -> None:
    """Replace the file, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)

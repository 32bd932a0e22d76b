"""What a deployment to this machine needs, looked at before anything is switched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, Level, fine, problem, warning
from fraisier.domain.values import FraiseConfig
from fraisier.effects.files import make_private_folder
from fraisier.effects.http import port_in_use

HOME_HINT = "give it to the user that runs Fraisier, or choose another target.directory"
PORT_HINT = "another program listens there; choose another target.port or stop it"


def look(fraise: FraiseConfig, home: Path, own_port: Callable[[int], bool]) -> Iterator[Finding]:
    """One finding for the command, the home and the port; ``own_port``: the service has it."""
    if fraise.has_service:
        yield _command(fraise)
    yield writable(fraise, home)
    port = int(fraise.environment.target.get("port") or 0)
    own = bool(port) and own_port(port)  # first: meanwhile the service may end and free it
    if port and not own and port_in_use(port):
        yield problem(f"the port {port} is taken", fraise.label, PORT_HINT)
    elif port:
        yield fine(f"the port {port} is free or the service's own", fraise.label)


def require(fraise: FraiseConfig, home: Path, found: Iterable[Finding]) -> None:
    """
    Make the folders of the home, unless there is a problem.

    Raises:
        FraisierError: ``preflight-failed``: the first problem.
    """
    for each in found:
        if each.level is Level.PROBLEM:
            message = f"{fraise.label}: {each.what}"
            raise FraisierError(message, code="preflight-failed", hint=each.hint)
    try:
        for name in ("releases", "shared", "logs"):
            make_private_folder(home / name)
    except OSError as error:
        message = f"{fraise.label}: cannot write {home}: {error.strerror}"
        raise FraisierError(message, code="preflight-failed") from error


def _command(fraise: FraiseConfig) -> Finding:
    command = fraise.environment.target.get("command")
    if not command:
        hint = "say how the service is started"
        return problem("target.command is missing", fraise.label, hint)
    program = str(command[0])
    from_release = "/" in program and not program.startswith("/")
    if not from_release and shutil.which(program) is None:
        hint = "install it for the user that runs Fraisier, or change target.command"
        return warning(f"there is no program {program}", fraise.label, hint)
    return fine("the service has a command", fraise.label)


def writable(fraise: FraiseConfig, home: Path) -> Finding:
    """Whether the home, or the folder that it will be made in, can be written."""
    existing = next(path for path in (home, *home.parents) if os.access(path, os.F_OK))
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return fine(f"{home} can be written", fraise.label)
    return problem(f"cannot write {home}", fraise.label, HOME_HINT)

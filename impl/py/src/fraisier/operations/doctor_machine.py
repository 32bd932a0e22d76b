"""Doctor: this machine, its tools, and the folder for everything that Fraisier keeps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.values import FraiseConfig
from fraisier.effects.process import ask, base_environment
from fraisier.effects.tools import find_tool
from fraisier.operations.parts import Application

SPACE_BYTES_MIN = 200_000_000
SPACE_BYTES_GOOD = 1_000_000_000
VERSION_SECONDS = 20.0

# How each tool tells its version, and where it comes from.
_VERSION = {
    "ssh": ("-V",),
    "docker compose": ("compose", "version", "--short"),
}
_ORIGIN = {
    "git": "install git",
    "ssh": "install the OpenSSH client",
    "docker compose": "install Docker with its Compose plugin",
}


def look(app: Application, chosen: Sequence[FraiseConfig]) -> Iterator[Finding]:
    """The state folder, the space on its disk, and the programs that are needed."""
    yield from _state_folder(app.state_folder)
    needed = {"git": "every deployment"}
    for fraise in chosen:
        for name in _tools_of(fraise):
            needed.setdefault(name, fraise.label)
    for name, why in needed.items():
        yield _tool(name, why)


def _state_folder(folder: Path) -> Iterator[Finding]:
    existing = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        hint = "Fraisier must be able to write there; it keeps repositories and releases in it"
        yield problem("the state folder cannot be written", str(folder), hint)
        return
    yield fine("the state folder can be written", str(folder))
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.1f} GB are free on its disk"
    hint = "remove something, or move fraises.yaml and what is beside it"
    if free < SPACE_BYTES_MIN:
        yield problem(f"only {text}", str(folder), hint)
    elif free < SPACE_BYTES_GOOD:
        yield warning(f"only {text}", str(folder), hint)
    else:
        yield fine(text, str(folder))


def _tools_of(fraise: FraiseConfig) -> Iterator[str]:
    target, provider = fraise.environment.target, fraise.environment.provider
    remote = provider == "bare-metal" and bool({"host", "hosts"} & target.keys())
    if remote or _over_ssh(fraise.fraise.repository):
        yield "ssh"
    if provider == "docker-compose":
        yield "docker compose"


def _over_ssh(repository: str | None) -> bool:
    address = repository or ""
    scp_like = "://" not in address and "@" in address.partition(":")[0]
    return address.startswith("ssh://") or scp_like


def _tool(name: str, why: str) -> Finding:
    program, *_ = name.split()
    path = find_tool(program)
    if path is None:
        return problem(f"{program} is not installed", f"needed for {why}", _ORIGIN[name])
    try:
        arguments = _VERSION.get(name, ("--version",))
        done = ask([path, *arguments], timeout_seconds=VERSION_SECONDS, environment=_plain())
    except FraisierError as error:
        return problem(error.message, f"needed for {why}", _ORIGIN[name])
    said = done.tail[0] if done.tail else ""
    if not done.ok:
        what = f"{name} does not work: {said or f'exit status {done.exit_status}'}"
        return problem(what, f"needed for {why}", _ORIGIN[name])
    return fine(f"{name} is there: {said.partition(',')[0]}", path)


def _plain() -> dict[str, str]:
    return {**base_environment(), "LC_ALL": "C"}

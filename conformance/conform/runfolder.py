"""One folder for everything that a run makes, removed with all that still lives in it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from conform.world.leftovers import end_all

PREFIX = "conform-"


@contextmanager
def run_folder() -> Generator[Path]:
    """
    Make temporary files below a folder of this run. Folders of runs that were
    killed are removed first, with the processes that they left.
    """
    outer = tempfile.gettempdir()
    _sweep(Path(outer))
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)  # a PostgreSQL under its own account passes through
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = outer
        _remove(folder)


def _sweep(outer: Path) -> None:
    for folder in outer.glob(f"{PREFIX}[0-9]*-*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        own = folder.is_dir() and folder.stat().st_uid == os.getuid()
        if own and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    end_all(folder)
    shutil.rmtree(folder, ignore_errors=True)

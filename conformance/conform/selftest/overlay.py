"""Copies of the checkout that may be broken, and a program that runs the code in them."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from conform.selftest.faults import Fault

COPIED = ("db", "spec", "schema", "scenarios", "examples", "impl", "conformance/payloads")
FETCHED = Path("impl", "dashboard", "graphiql", "vendor")  # ignored, and a page needs it
SOURCE = Path("impl", "py", "src")
# Programs of the implementation start others by its module: they run the copy, too.
PROGRAM = """\
#!{python}
import os, sys
source = {source!r}
os.environ["PYTHONPATH"] = source
sys.path.insert(0, source)
from fraisier.cli.main import main
sys.exit(main())
"""


def copied(checkout: Path, root: Path) -> Path:
    """``checkout`` without what its version control ignores, at ``root``, and compiled."""
    for name in _files(checkout):
        if (checkout / name).is_file():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, target)
    if (checkout / FETCHED).is_dir():
        shutil.copytree(checkout / FETCHED, root / FETCHED)
    compileall.compile_dir(root / SOURCE, quiet=2)
    return root


def another(root: Path, folder: Path) -> Path:
    """
    One more of what ``copied`` made, with a program of its own.

    Its files are those of ``root`` until one is broken: whatever writes must replace.
    """
    shutil.copytree(root, folder, copy_function=os.link)
    program = folder / ".venv" / "bin" / "fraisier"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM.format(python=sys.executable, source=str(folder / SOURCE)))
    program.chmod(0o755)
    return folder


@contextmanager
def broken(root: Path, fault: Fault) -> Generator[None]:
    """A fault in the copy, mended afterwards."""
    path = root / fault.file
    true = path.read_text()
    _put(path, true.replace(fault.find, fault.replace))
    try:
        yield
    finally:
        _put(path, true)


def _put(path: Path, text: str) -> None:
    """What Python compiled before is known by seconds and size: two edits may look alike."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)


def _files(checkout: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *COPIED]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]

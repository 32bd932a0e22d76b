"""A copy of the checkout that may be broken, and a program that runs the code in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conform.selftest.faults import Fault

COPIED = ("db", "spec", "schema", "scenarios", "examples", "impl", "conformance/payloads")
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
CONFORM = "from conform.cli import main; main()"


class Overlay:
    """``checkout`` without what its version control ignores, in a folder of its own."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self.root = folder / "checkout"
        self.output = folder / "reports"
        for name in _files(checkout):
            if (checkout / name).is_file():
                target = self.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(checkout / name, target)
                shutil.copymode(checkout / name, target)
        self._program()

    def judged(self, only: tuple[str, ...], database: str, workers: int = 1) -> int:
        """The exit status of a run of the suite on the copy; its records are in ``output``."""
        shutil.rmtree(self.output, ignore_errors=True)
        command = [sys.executable, "-c", CONFORM, "run", "--database", database]
        command += ["--impl", str(self.root / "impl" / "py"), "--workers", str(workers)]
        command += ["--thorough", "--output", str(self.output)]
        for each in only:
            command += ["--only", each]
        environment = {**os.environ, "CONFORM_CHECKOUT": str(self.root)}
        done = subprocess.run(
            command,
            env=environment,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.output.mkdir(exist_ok=True)
        (self.output / "output.txt").write_text(done.stdout + done.stderr)
        return done.returncode

    def broken_by(self, fault: Fault, workers: int = 1) -> int:
        """The same with a fault, which is mended afterwards."""
        true = fault.put_into(self.root)
        try:
            return self.judged((fault.breaks,), fault.database, workers)
        finally:
            (self.root / fault.file).write_text(true)

    def _program(self) -> None:
        program = self.root / ".venv" / "bin" / "fraisier"
        program.parent.mkdir(parents=True)
        source = str(self.root / "impl" / "py" / "src")
        program.write_text(PROGRAM.format(python=sys.executable, source=source))
        program.chmod(0o755)


def _files(checkout: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *COPIED]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]

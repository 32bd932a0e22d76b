"""Run the cases of one target through pytest and take its results back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fraisier_lab.lifetime import die_with_parent

from conform import mounts
from conform.cases import Case
from conform.places import resources
from conform.session import Session

Result = dict[str, Any]
Told = Callable[[str], None] | None
LOOK_SECONDS = 0.1
END_SECONDS = 10.0


@dataclass(slots=True)
class Execution:
    """What came out of one pytest run."""

    results: dict[str, Result] = field(default_factory=dict[str, Result])
    collected: list[str] = field(default_factory=list[str])
    output: str = ""

    def add(self, other: Execution) -> None:
        """Take in what another run of pytest brought."""
        self.results |= other.results
        self.collected += other.collected
        self.output += other.output

    def verdict(self, case: Case) -> str | None:
        """The verdict of a case; None when it was lost."""
        return self.results.get(case.key, {}).get("verdict")


def execute(
    session: Session, workers: int, stop: threading.Event, told: Told, mounting: bool = False
) -> Execution:
    """
    Run the session's cases in ``workers`` processes; nothing is raised for failures.

    With ``mounting`` they run in a mount namespace of their own. ``told`` hears the
    verdict of each case as it comes. When ``stop`` is set the processes are ended, and
    what they had until then is returned.
    """
    with tempfile.TemporaryDirectory(prefix="run-") as name:
        folder = Path(name)
        session.write(folder / "session.json")
        output = folder / "output"
        with output.open("w") as stream:
            process = subprocess.Popen(
                [*(mounts.prefix() if mounting else ()), *_command(folder, workers)],
                cwd=folder,
                env=_environment() | (mounts.surroundings() if mounting else {}),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        results = Results(folder / "results", told)
        _wait(process, stop, results)
        return Execution(results.taken, _collected(folder), output.read_text(errors="replace"))


class Results:
    """The lines that pytest writes, read while it writes them."""

    def __init__(self, path: Path, told: Told) -> None:
        self.taken: dict[str, Result] = {}
        self._path = path
        self._told = told
        self._offset = 0

    def look(self) -> None:
        """Take the complete lines that have come since the last look."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            result = json.loads(line)
            self.taken[result["case"]] = result
            if self._told:
                self._told(result["verdict"])


def _wait(process: subprocess.Popen[bytes], stop: threading.Event, results: Results) -> None:
    while process.poll() is None:
        if stop.wait(LOOK_SECONDS):
            _end(process)
        results.look()
    results.look()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group, so that scenarios clean up after themselves; then insist."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(END_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _command(folder: Path, workers: int) -> list[str]:
    suite = resources() / "suite"
    command = [sys.executable, "-m", "pytest", "-c", str(suite / "pytest.ini"), "-q"]
    command += ["--rootdir", str(suite), "-p", "pytest_bdd.plugin", "-p", "conform.plugin"]
    command += ["-p", "conform.outcomes", "--tb=native", "--no-header"]
    command += ["--basetemp", str(folder / "work")]
    if workers > 1:
        # One at a time, in order: whoever is free takes the longest that is left.
        command += ["-p", "xdist.plugin", "-n", str(workers)]
        command += ["--dist", "load", "--maxschedchunk", "1"]
    command += ["--conform-session", str(folder / "session.json")]
    command += ["--conform-results", str(folder / "results")]
    return [*command, str(suite / "test_scenarios.py")]


def _environment() -> dict[str, str]:
    """Pytest without the plugins and options of whoever started the suite."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": tempfile.gettempdir()}
    return kept | own


def _collected(folder: Path) -> list[str]:
    path = folder / "results.collected"
    return json.loads(path.read_text()) if path.exists() else []

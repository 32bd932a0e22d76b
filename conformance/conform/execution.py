"""Run the cases of one target through pytest and take its results back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform.places import resources
from conform.session import Session

Result = dict[str, Any]


@dataclass(slots=True)
class Execution:
    """What came out of one pytest run."""

    results: dict[str, Result] = field(default_factory=dict[str, Result])
    collected: list[str] = field(default_factory=list[str])
    output: str = ""


def execute(session: Session, workers: int) -> Execution:
    """Run the session's cases in ``workers`` processes; nothing is raised for failures."""
    with tempfile.TemporaryDirectory(prefix="conform-run-") as name:
        folder = Path(name)
        session.write(folder / "session.json")
        done = subprocess.run(
            _command(folder, workers),
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        results = {each["case"]: each for each in _lines(folder / "results")}
        return Execution(results, _collected(folder / "results.collected"), done.stdout)


def _command(folder: Path, workers: int) -> list[str]:
    suite = resources() / "suite"
    command = [sys.executable, "-m", "pytest", "-c", str(suite / "pytest.ini"), "-q"]
    command += ["--rootdir", str(suite), "-p", "pytest_bdd.plugin", "-p", "conform.plugin"]
    command += ["-p", "conform.outcomes", "--tb=native", "--no-header"]
    command += ["--basetemp", str(folder / "work")]
    if workers > 1:
        command += ["-p", "xdist.plugin", "-n", str(workers), "--dist", "worksteal"]
    command += ["--conform-session", str(folder / "session.json")]
    command += ["--conform-results", str(folder / "results")]
    return [*command, str(suite / "test_scenarios.py")]


def _environment() -> dict[str, str]:
    """Pytest without the plugins and options of whoever started the suite."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _lines(path: Path) -> Iterator[Result]:
    if path.exists():
        for line in path.read_text().splitlines():
            yield json.loads(line)


def _collected(path: Path) -> list[str]:
    return json.loads(path.read_text()) if path.exists() else []

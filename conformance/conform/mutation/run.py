"""A mutation run: mutants shared out among processes, outcomes taken back."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from conform.cases import collect
from conform.mutation.job import Job, Outcome, outcomes
from conform.mutation.mutants import Mutant
from conform.places import resources
from conform.session import Session
from conform.verdicts import SetupError


def judge(
    checkout: Path, dialect: str, place: str, chosen: Sequence[Mutant], workers: int
) -> list[Outcome]:
    """
    What became of each mutant.

    Raises:
        SetupError: The scenarios do not pass on the true functions, or a process died.
    """
    with tempfile.TemporaryDirectory(prefix="conform-mutate-") as name:
        folder = Path(name)
        shares = [chosen[number::workers] for number in range(workers)]
        with ExitStack() as stack:
            started = [
                (share, _start(checkout, dialect, place, share, folder / str(number)))
                for number, share in enumerate(shares)
                if share
            ]
            for _, (process, _) in started:
                stack.callback(process.kill)
            found = [each for share, process in started for each in _finish(share, *process)]
    order = {(mutant.file, mutant.name): index for index, mutant in enumerate(chosen)}
    return sorted(found, key=lambda each: order[each.identity])


Process = tuple["subprocess.Popen[str]", Path]


def _start(
    checkout: Path, dialect: str, place: str, share: Sequence[Mutant], folder: Path
) -> Process:
    folder.mkdir()
    names = tuple((mutant.file, mutant.name) for mutant in share)
    Job(str(checkout), dialect, place, names, str(folder / "results")).write(folder / "job.json")
    _session(checkout, dialect, place).write(folder / "session.json")
    process = subprocess.Popen(
        _command(folder),
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=(folder / "output").open("w"),
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, folder


def _session(checkout: Path, dialect: str, place: str) -> Session:
    scenarios = checkout / "scenarios"
    cases = collect(scenarios, checkout).cases
    return Session(
        checkout=str(checkout),
        scenarios=str(scenarios),
        dialect=dialect,
        template_url="",
        place=place,
        implementation=None,
        url=None,
        cases=tuple(case.identity for case in cases if case.file.startswith("database/")),
    )


def _command(folder: Path) -> list[str]:
    suite = resources() / "suite"
    command = [sys.executable, "-m", "pytest", "-c", str(suite / "pytest.ini"), "-q"]
    command += ["--rootdir", str(suite), "-p", "pytest_bdd.plugin", "-p", "conform.plugin"]
    command += ["-p", "conform.mutation.plugin", "--tb=native", "--no-header"]
    command += ["--basetemp", str(folder / "work")]
    command += ["--conform-session", str(folder / "session.json")]
    command += ["--mutation-job", str(folder / "job.json")]
    return [*command, str(suite / "test_scenarios.py")]


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _finish(share: Sequence[Mutant], process: subprocess.Popen[str], folder: Path) -> list[Outcome]:
    process.wait()
    found = outcomes(folder / "results")
    if len(found) != len(share):
        said = " ".join((folder / "output").read_text().split())[-1500:]
        raise SetupError(f"judged {len(found)} of {len(share)} mutants: {said}")
    return found

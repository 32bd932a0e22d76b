"""Share the faults out among processes, and take back what became of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from conform import mounts
from conform.places import resources
from conform.selftest.faults import Fault
from conform.selftest.job import Job, Outcome, Question, outcome_of
from conform.selftest.overlay import another, copied
from conform.selftest.selection import Asked, Bench, benches
from conform.session import Session

Told = Callable[[Outcome], None]
SHARE_MAX = 16  # faults of a process: few enough that the last processes end together
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Share:
    """What one process is asked."""

    bench: Bench
    questions: tuple[Question, ...]


def judge(
    checkout: Path, faults: Sequence[Fault], places: Mapping[str, str], workers: int, tell: Told
) -> list[Outcome]:
    """
    What became of each fault. The case that notices one must pass without it.

    Raises:
        SetupError: The scenarios or the implementation cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="selftest-") as name:
        folder = Path(name)
        whole = copied(checkout, folder / "checkout")
        asked, absent = benches(whole, faults)
        shares = list(_shares(asked, workers))
        for each in absent:
            tell(each)

        def judged(number: int) -> list[Outcome]:
            own = folder / str(number)
            own.mkdir()
            copy = another(whole, own / "checkout")
            return _judged(shares[number], copy, places, own, tell)

        with ThreadPoolExecutor(workers) as pool:
            results = pool.map(judged, range(len(shares)))
            found = [*absent, *(each for some in results for each in some)]
    order = {fault.key: number for number, fault in enumerate(faults)}
    return sorted(found, key=lambda each: order[each.fault.key])


def _shares(asked: Asked, workers: int) -> Iterator[Share]:
    """Neighbours are apart: what takes long often stands together in a file."""
    for bench, questions in asked.items():
        number = max(-(-len(questions) // SHARE_MAX), min(workers, len(questions) // 4), 1)
        for first in range(number):
            yield Share(bench, tuple(questions[first::number]))


def _judged(
    share: Share, copy: Path, places: Mapping[str, str], folder: Path, tell: Told
) -> list[Outcome]:
    place = places.get(share.bench.dialect)
    if place is None:
        missing = f"no {share.bench.dialect} could be had"
        found = [Outcome(question.fault, None, missing) for question in share.questions]
        for each in found:
            tell(each)
        return found
    results = folder / "results"
    dialect = share.bench.dialect
    Job(str(copy), dialect, place, str(results), share.questions).write(folder / "job.json")
    _session(share, copy, place).write(folder / "session.json")
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [*(mounts.prefix() if share.bench.mounting else ()), *_command(folder)],
            cwd=folder,
            env=_environment(share.bench.mounting),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            found = _taken(process, results, share.questions, tell)
        finally:
            process.kill()
    return [*found, *_lost(share.questions[len(found) :], folder / "output", tell)]


def _session(share: Share, copy: Path, place: str) -> Session:
    asked = {case for question in share.questions for case in question.cases}
    return Session(
        checkout=str(copy),
        scenarios=str(copy / "scenarios"),
        dialect=share.bench.dialect,
        template_url="",
        place=place,
        implementation=str(copy / share.bench.folder) if share.bench.folder else None,
        url=None,
        cases=tuple(case.identity for case in share.bench.cases if case.key in asked),
    )


def _command(folder: Path) -> list[str]:
    suite = resources() / "suite"
    command = [sys.executable, "-m", "pytest", "-c", str(suite / "pytest.ini"), "-q"]
    command += ["--rootdir", str(suite), "-p", "pytest_bdd.plugin", "-p", "conform.plugin"]
    command += ["-p", "conform.selftest.plugin", "--tb=native", "--no-header"]
    command += ["--basetemp", str(folder / "work")]
    command += ["--conform-session", str(folder / "session.json")]
    command += ["--selftest-job", str(folder / "job.json")]
    return [*command, str(suite / "test_scenarios.py")]


def _environment(mounting: bool) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": tempfile.gettempdir()}
    return {**kept, **own, **(mounts.surroundings() if mounting else {})}


def _taken(
    process: subprocess.Popen[bytes], results: Path, asked: Sequence[Question], tell: Told
) -> list[Outcome]:
    """The lines that the process writes, told as they come."""
    found: list[Outcome] = []
    over = False
    while not over:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_SECONDS)
        over = process.returncode is not None
        text = results.read_text() if results.exists() else ""
        lines = text[: text.rfind("\n") + 1].splitlines()
        for line in lines[len(found) :]:
            found.append(outcome_of(line, asked[len(found)].fault))
            tell(found[-1])
    return found


def _lost(asked: Sequence[Question], output: Path, tell: Told) -> Iterator[Outcome]:
    for question in asked:
        said = " ".join(output.read_text(errors="replace").split())[-500:]
        outcome = Outcome(question.fault, None, f"its process ended: {said}")
        tell(outcome)
        yield outcome

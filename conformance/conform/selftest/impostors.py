"""Whole implementations that are wrong, or only unusual: who of them is found out, and by what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from conform import verdicts
from conform.implementation import load
from conform.verdicts import SetupError

PROGRAM = Path(__file__).with_name("impostor.py")
START_SECONDS = "5"  # for those that never start; the healthy ones have the usual time
ALL = ("config", "cli", "graphql", "webhook", "deploy", "server", "dashboard")
START = "server/start/follows-the-start-contract"
HEALTH = "server/health/says-that-it-is-well"


@dataclass(frozen=True, slots=True)
class Impostor:
    """``breaks`` is the requirement whose check finds it out; None: nothing is wrong with it."""

    name: str
    what: str
    breaks: str | None = None
    profiles: tuple[str, ...] = ("server",)
    alone: bool = False  # judged by the scenarios of its requirement, which are no smoke tests


IMPOSTORS = (
    Impostor("healthy", "the reference behind a relay", None, ALL),
    Impostor("split-start", "the start line comes in two pieces"),
    Impostor(
        "split-answers", "answers come in pieces of 7 bytes", None, ("server", "graphql", "webhook")
    ),
    Impostor(
        "constant",
        "the same valid JSON to everything",
        "cli/list/tree-is-as-documented",
        ("cli", "server", "graphql"),
    ),
    Impostor(
        "null",
        "null to everything",
        "graphql/queries/fraises-with-environments",
        ("cli", "server", "graphql"),
    ),
    Impostor(
        "echo",
        "everybody's own words",
        "webhook/github/bad-signature-is-rejected",
        ("cli", "server", "webhook"),
    ),
    Impostor("always-error", "an error to everything", HEALTH, ("cli", "server")),
    Impostor(
        "crashing", "dies of the first POST", "webhook/github/good-push-is-accepted", ("webhook",)
    ),
    Impostor("crashing-start", "ends instead of starting", START),
    Impostor("late-start", "starts when nobody waits any more", START),
    Impostor("chatty-start", "says something before the start line", START),
    Impostor("late-answers", "answers when nobody waits any more", HEALTH),
    Impostor("wrong-framing", "announces more bytes than come", HEALTH),
    Impostor(
        "exit-status",
        "failures end with 0, successes with 1",
        "cli/failures/code-and-exit-status",
        ("cli",),
        alone=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Unmasked:
    """
    What became of one impostor: ``by`` are the cases of its requirement that failed,
    ``others`` what else failed, ``harness`` where the suite blamed itself.
    """

    impostor: Impostor
    by: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    harness: tuple[str, ...] = ()
    passed: int = 0

    @property
    def good(self) -> bool:
        """Found out by its own requirement; or, when it is healthy, by nothing at all."""
        if self.harness:
            return False
        if self.impostor.breaks is None:
            return not self.others and self.passed > 0
        return bool(self.by)

    def as_line(self) -> str:
        """One line of NDJSON."""
        about = {"implementation": self.impostor.name, "what": self.impostor.what}
        found = {"by": self.by, "others": self.others, "harness": self.harness}
        record = {"record": "implementation", **about, "breaks": self.impostor.breaks, **found}
        return json.dumps({**record, "passed": self.passed, "good": self.good})


@dataclass(slots=True)
class Trial:
    """Impostors that are judged in one run of ``conform``."""

    chosen: list[Impostor]
    arguments: tuple[str, ...]
    surroundings: dict[str, str] = field(default_factory=dict[str, str])


def trials(chosen: Sequence[Impostor]) -> list[Trial]:
    """The runs: the healthy ones, the wrong ones, and those with scenarios of their own."""
    healthy = Trial([each for each in chosen if each.breaks is None], ("smoke",))
    wrong = Trial(
        [each for each in chosen if each.breaks is not None and not each.alone],
        ("smoke",),
        {"CONFORM_START_SECONDS": START_SECONDS},
    )
    found = [healthy, wrong]
    for each in chosen:
        if each.alone and each.breaks is not None:
            found.append(Trial([each], ("run", "--database", "sqlite", "--only", each.breaks)))
    return [each for each in found if each.chosen]


def unmask(
    checkout: Path, chosen: Sequence[Impostor], folder: Path, workers: int
) -> list[Unmasked]:
    """
    Run the suite against each of them.

    Raises:
        SetupError: There is no reference, or a run of the suite says nothing.
    """
    reference = load(checkout / "impl" / "py", checkout).cli[0]
    found: list[Unmasked] = []
    for number, trial in enumerate(trials(chosen)):
        output = folder / f"impostors-{number}"
        records = _run(checkout, trial, output, reference, workers)
        found += [judged(each, records) for each in trial.chosen]
    return found


def manifest(impostor: Impostor, reference: str) -> dict[str, Any]:
    """The impl.yaml of an impostor."""
    program = [sys.executable, str(PROGRAM), impostor.name, reference]
    return {
        "name": impostor.name,
        "language": "Python",
        "version": [*program, "--version"],
        "start": [*program, "serve", "--contract"],
        "cli": program,
        "databases": ["sqlite"],
        "profiles": list(impostor.profiles),
    }


def _run(
    checkout: Path, trial: Trial, output: Path, reference: str, workers: int
) -> list[Mapping[str, Any]]:
    command = [sys.executable, "-m", "conform.cli", *trial.arguments, "--workers", str(workers)]
    for each in trial.chosen:
        home = output / each.name
        home.mkdir(parents=True)
        (home / "impl.yaml").write_text(yaml.safe_dump(manifest(each, reference)))
        command += ["--impl", str(home)]
    done = subprocess.run(
        [*command, "--output", str(output)],
        env={**os.environ, **trial.surroundings, "CONFORM_CHECKOUT": str(checkout)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    source = output / "run.ndjson"
    if not source.exists():
        raise SetupError(f"impostors: {' '.join((done.stderr or done.stdout).split())[-500:]}")
    return [json.loads(line) for line in source.read_text().splitlines()]


def judged(impostor: Impostor, records: Sequence[Mapping[str, Any]]) -> Unmasked:
    """What the records of a run say of one impostor."""
    own = [
        each
        for each in records
        if each["record"] == "result" and each["implementation"] == impostor.name
    ]
    failed = [each for each in own if each["verdict"] in verdicts.FINDINGS]
    harness = [each for each in own if each["verdict"] == verdicts.HARNESS_ERROR]
    about = [
        each
        for each in failed
        if impostor.breaks in each["requirements"] and each["verdict"] == verdicts.FAIL
    ]
    return Unmasked(
        impostor,
        _keys(about),
        _keys([each for each in failed if each not in about]),
        _keys(harness),
        sum(each["verdict"] == verdicts.PASS for each in own),
    )


def _keys(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(each["case"]) for each in records)

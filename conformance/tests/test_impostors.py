"""Whole implementations that are wrong: what they do, and how a run's records are read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conform.places import checkout
from conform.selftest.impostors import (
    ALL,
    HEALTH,
    IMPOSTORS,
    PROGRAM,
    Impostor,
    judged,
    manifest,
    trials,
)

ROOT = checkout()
WRONG = Impostor("wrong", "is wrong", HEALTH)
WELL = Impostor("well", "is well")


def ran(*arguments: str) -> tuple[int, str]:
    """Exit status and output of the program."""
    command = [sys.executable, str(PROGRAM), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def result(name: str, verdict: str, *about: str, case: str = "a.feature:1") -> dict[str, Any]:
    """One record of a run."""
    known = {"record": "result", "implementation": name, "case": case}
    return {**known, "requirements": list(about), "verdict": verdict}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("exit-status", "false"), 0, ""),
        (("exit-status", "true"), 1, ""),
        (("healthy", "echo", "hello"), 0, "hello"),
        (("echo", "false", "list", "--json"), 0, "list --json"),
        (("null", "false"), 0, "null"),
        (("always-error", "echo", "hello"), 1, "error[internal] no"),
    ],
)
def test_impostor__command__is_spoilt_as_it_says(
    arguments: tuple[str, ...], status: int, said: str
) -> None:
    """And the reference answers what is not spoilt."""
    assert ran(*arguments) == (status, said)


def test_impostors__manifests__fit_the_schema() -> None:
    """Each is an implementation like others, and at least one of them is healthy."""
    schema = json.loads((ROOT / "spec" / "impl.schema.json").read_text())
    for each in IMPOSTORS:
        jsonschema.validate(manifest(each, "/bin/true"), schema)
    assert len({each.name for each in IMPOSTORS}) == len(IMPOSTORS)
    assert next(each for each in IMPOSTORS if each.breaks is None).profiles == ALL


def test_trials__healthy_ones__are_apart_from_the_wrong() -> None:
    """They have the usual time to start; who has scenarios of its own is judged alone."""
    alone = Impostor("alone", "is wrong", HEALTH, alone=True)
    found = trials([WELL, WRONG, alone])
    assert [[each.name for each in trial.chosen] for trial in found] == [
        ["well"],
        ["wrong"],
        ["alone"],
    ]
    assert not found[0].surroundings and found[1].surroundings
    assert HEALTH in found[2].arguments


def test_judged__failure_of_its_requirement__finds_it_out() -> None:
    """Whatever else fails; another implementation's failures do not count."""
    records = [
        result("wrong", "fail", HEALTH),
        result("wrong", "fail", "cli/other", case="b.feature:1"),
        result("well", "pass", HEALTH),
    ]
    found = judged(WRONG, records)
    assert (found.good, found.by, found.others) == (True, ("a.feature:1",), ("b.feature:1",))
    assert judged(WELL, records).good


@pytest.mark.parametrize(
    ("impostor", "verdicts"),
    [
        (WRONG, ("pass",)),
        (WRONG, ("untestable",)),
        (WRONG, ("fail", "harness-error")),
        (WELL, ("pass", "fail")),
        (WELL, ()),
    ],
)
def test_judged__not_found_out_as_it_should_be__is_not_good(
    impostor: Impostor, verdicts: tuple[str, ...]
) -> None:
    """Nothing fails, the suite blames itself, or a healthy one fails or was not tried."""
    records = [result(impostor.name, verdict, HEALTH) for verdict in verdicts]
    assert not judged(impostor, records).good


def test_unmasked__as_a_line__says_what_was_found() -> None:
    """One line of NDJSON."""
    line = json.loads(judged(WRONG, [result("wrong", "fail", HEALTH)]).as_line())
    assert (line["implementation"], line["by"], line["good"]) == ("wrong", ["a.feature:1"], True)


def test_program__standard_library__is_enough() -> None:
    """It runs wherever Python does."""
    text = Path(PROGRAM).read_text()
    assert "import conform" not in text and "from conform" not in text

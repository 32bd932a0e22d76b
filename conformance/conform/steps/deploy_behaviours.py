"""Steps about faults of other tools that no other feature has."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_bdd import given, then, when

from conform.steps.deploy import WAITING_BUILD, Deploying, split
from conform.steps.deploy_sentences import sentence

OF_THE_DATABASE = (".db", ".db-wal", ".db-shm")


@given("the files of the scenario are remembered", target_fixture="remembered")
def remembered(deploying: Deploying) -> set[Path]:
    """Everything below its folder."""
    return _files(deploying)


@then("no file has come since")
def no_file(deploying: Deploying, request: pytest.FixtureRequest) -> None:
    """No cache, no release, no state."""
    before: set[Path] = request.getfixturevalue("remembered")
    assert sorted(_files(deploying) - before) == []


def _files(deploying: Deploying) -> set[Path]:
    found = deploying.subject.workspace.folder.rglob("*")
    return {path for path in found if path.is_file() and path.suffix not in OF_THE_DATABASE}


@when(sentence('the next builds of "{fraise}" wait'))
def builds_of_one_wait(deploying: Deploying, fraise: str) -> None:
    """Those of every other fraise go on."""
    head, _, rest = WAITING_BUILD.partition("\n")
    deploying.script(f'{head}\n[ "$FRAISIER_FRAISE" = {fraise} ] || exit 0\n{rest}')


@then(sentence('the plan says for "{step}" that "{text}"'))
def plan_says(deploying: Deploying, step: str, text: str) -> None:
    """The words of one step of a dry run."""
    assert deploying.result is not None
    plans = [line for line in deploying.result.lines() if line["event"] == "plan"]
    words = [each["text"] for each in plans[0]["steps"] if each["step"] == step]
    assert words and text in words[0], plans


@then(sentence('the service of "{place}" sees the environment "{name}"'))
def sees_environment(deploying: Deploying, place: str, name: str) -> None:
    """It was told where it is."""
    seen = deploying.subject.workspace.service_environment(*split(place))
    assert seen["FRAISIER_ENVIRONMENT"] == name

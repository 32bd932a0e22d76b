"""Steps about what `doctor` finds."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pytest_bdd import given, then

from conform.steps.asking import Happened
from conform.steps.deploy_sentences import sentence
from conform.world.workspace import Workspace

REPOSITORY_SECRET = "correct-horse-of-the-repository"


@given("the repository is gone")
def repository_gone(workspace: Workspace) -> None:
    """Somebody has removed or renamed it."""
    shutil.rmtree(workspace.repository.origin)


@given("the address of the repository holds a password")
def repository_password(workspace: Workspace) -> None:
    """An address that nobody answers at, with a user and a password."""
    document: dict[str, Any] = yaml.safe_load(workspace.config.read_text())
    address = f"http://me:{REPOSITORY_SECRET}@127.0.0.1:1/shop.git"
    document["fraises"]["shop"]["git"]["repository"] = address
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given("a registry of one service in two environments")
def two_environments(workspace: Workspace) -> None:
    """``shop`` in production and staging, each with its branch; staging's was never pushed."""
    workspace.configure(
        "shop", ("production", "staging"), {"main": "production", "next": "staging"}
    )
    workspace.repository.commit("1.0")


@given("the folder is remembered", target_fixture="remembered")
def remember(workspace: Workspace) -> Mapping[str, tuple[int, int]]:
    """Every file with its size and the time of its last change."""
    return _files(workspace.folder)


@then("the folder is as it was")
def unchanged(workspace: Workspace, remembered: Mapping[str, tuple[int, int]]) -> None:
    """Nothing was written, made or removed."""
    assert _files(workspace.folder) == remembered


@then(sentence('doctor finds the {level} "{text}"'))
def finds(happened: Happened, level: str, text: str) -> None:
    """One finding of this level says this, and says how to mend it."""
    findings = _findings(happened)
    found = [each for each in findings if each["level"] == level and text in each["what"]]
    assert found, f"no {level} says {text!r}: {findings}"
    assert level == "ok" or all(each["hint"] for each in found), "a finding without a way out"


@then(sentence('doctor finds it at "{place}"'))
def finds_at(happened: Happened, place: str) -> None:
    """Some problem is at this place."""
    places = [each["where"] for each in _findings(happened) if each["level"] == "problem"]
    assert any(place in str(where) for where in places), places


@then("doctor finds no problem")
def no_problem(happened: Happened) -> None:
    """Warnings may be there."""
    problems = [each for each in _findings(happened) if each["level"] == "problem"]
    assert not problems, problems


@then(sentence('doctor says nothing about "{place}"'))
def silent_about(happened: Happened, place: str) -> None:
    """It was not asked."""
    assert not [each for each in _findings(happened) if each["where"] == place]


@then("the password is nowhere in the output")
def no_password(happened: Happened) -> None:
    """Neither in a finding nor in a complaint."""
    said = happened.command.stdout + happened.command.stderr
    assert "127.0.0.1:1" in said, said
    assert REPOSITORY_SECRET not in said


def _findings(happened: Happened) -> list[dict[str, Any]]:
    document = happened.command.json()
    return document["findings"] if "findings" in document else document["error"]["findings"]


def _files(folder: Path) -> Mapping[str, tuple[int, int]]:
    found = {str(path.relative_to(folder)): path.stat() for path in folder.rglob("*")}
    return {name: (facts.st_size, facts.st_mtime_ns) for name, facts in found.items()}

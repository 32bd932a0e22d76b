"""``conform next``: from profile to profile, one requirement at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from conform.cases import Case
from conform.guide import stages
from conform.miniature import ROOT, Checkout
from conform.records import INIT_REQUIREMENT
from conform.requirements import PROFILES, Requirement
from conform.skeleton import make


def requirement(name: str, profile: str) -> Requirement:
    """One that a scenario checks."""
    return Requirement(name, "MUST", profile, "It is so.", "x", ("a.feature",), None, 1)


KNOWN = {
    each.id: each
    for each in (
        requirement("config/a/one", "config"),
        requirement("config/a/two", "config"),
        requirement(INIT_REQUIREMENT, "cli"),
        requirement("cli/a/one", "cli"),
        requirement("server/a/one", "server"),
    )
}


def result(name: str, verdict: str, case: str = "a.feature:3") -> dict[str, Any]:
    """One record."""
    return {"requirements": [name], "verdict": verdict, "case": case}


def case(*names: str, row: int = 0, tags: Sequence[str] = ()) -> Case:
    """One of the suite."""
    return Case("a.feature", 3, " ".join(names), (), names, frozenset(tags), row)


def test_order__every_profile__has_its_place_and_something_to_read() -> None:
    """All that can be declared, and every file that is named exists."""
    schema = json.loads((ROOT / "spec" / "impl.schema.json").read_text())
    assert set(stages.ORDER) == set(schema["properties"]["profiles"]["items"]["enum"])
    assert set(stages.ORDER) == set(PROFILES) - {"database", "suite"}
    for file in (*(each for files in stages.READING.values() for each in files), *stages.START):
        assert (ROOT / file.partition(" (")[0]).is_file(), file


def test_following__declared_profiles__are_passed_over() -> None:
    """The first that is not declared; none after the last."""
    assert stages.following(["config"]) == "cli"
    assert stages.following(["cli", "deploy"]) == "config"
    assert stages.following(stages.ORDER) is None


def test_step__findings__are_taken_one_at_a_time() -> None:
    """The database first, then what the smoke test asks, then the order of the file."""
    found = [
        result("config/a/two", "fail"),
        result("config/a/one", "fail", "b.feature:1"),
        result(INIT_REQUIREMENT, "fail", "db-init:0"),
    ]
    chosen: list[str] = []
    for smoke in (frozenset[str](), frozenset({"a.feature:3"}), frozenset[str]()):
        step = stages.step("config", found, KNOWN, smoke)
        assert step
        chosen.append(step.requirement.id)
        found = [each for each in found if step.requirement.id not in each["requirements"]]
    assert chosen == [INIT_REQUIREMENT, "config/a/two", "config/a/one"]
    assert stages.step("config", [result("config/a/one", "pass")], KNOWN, frozenset()) is None


@pytest.mark.parametrize("verdict", ["fail", "untestable", "harness-error"])
def test_progress__requirement__holds_only_with_all_its_cases(verdict: str) -> None:
    """One case that fails, and it is still to do."""
    found = [
        result("config/a/one", "pass"),
        result("config/a/one", verdict),
        result("config/a/two", "pass"),
        result("cli/a/one", "fail"),
    ]
    progress = stages.progress("config", found, KNOWN)
    assert (progress.held, progress.judged, progress.complete) == (1, 2, False)


def test_cases_of__profile__needs_only_what_comes_before() -> None:
    """Each scenario belongs to the last of its profiles, and the everyday ones are enough."""
    cases = [
        case("config/a/one"),
        case("config/a/one", row=1),
        case("config/a/one", tags=["thorough"]),
        case("config/a/one", "cli/a/one"),
        case("cli/a/one", "server/a/one"),
    ]
    declared = ["config", "cli"]
    chosen = {
        profile: [each.scenario for each in stages.cases_of(profile, cases, KNOWN, declared)]
        for profile in declared
    }
    assert chosen == {"config": ["config/a/one"], "cli": ["config/a/one cli/a/one"]}


STEPS = "When the command `config validate` is run\nThen the exit status is 0"


def test_next__skeleton__is_told_to_make_the_database(checkout: Checkout) -> None:
    """The first thing of all, with what to read; exit 1, as something is to do."""
    make(checkout.folder / "impl" / "mine", "Cobol")
    checkout.scenario("config", STEPS)
    ran = checkout.conform("--impl", "impl/mine", command="next")
    assert ran.exit == 1, ran.output
    assert f"next: {INIT_REQUIREMENT} (MUST)" in ran.output
    assert "read: db/README.md (Installing and migrating)" in ran.output
    assert "message: db init ended with 1: error[internal] not written yet: db init" in ran.output


def test_next__implementation_that_cannot_be_started__is_exit_2(checkout: Checkout) -> None:
    """One line says why."""
    make(checkout.folder / "impl" / "mine", "Cobol")
    checkout.scenario("config", STEPS)
    path = checkout.folder / "impl" / "mine" / "impl.yaml"
    manifest = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**manifest, "cli": ["./nothing"]}))
    ran = checkout.conform("--impl", "impl/mine", command="next")
    assert (ran.exit, ran.output.count("\n")) == (2, 1)
    assert 'command "./nothing" does not exist' in ran.output

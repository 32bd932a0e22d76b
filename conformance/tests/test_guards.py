"""What would be green without checking anything is an error with file and line."""

from __future__ import annotations

import pytest
from conform.miniature import Checkout

GOOD = """\
Feature: a
  @database/it/is-so
  Scenario: one
    When nothing happens
    Then nothing changed
"""
HEAD = "Feature: a\n  @database/it/is-so\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a.feature:1: feature file without a feature"),
        ("Feature: a\n", "a.feature:1: feature file without a scenario"),
        (HEAD + "  Scenario: one\n", "a.feature:3: scenario without steps"),
        (HEAD + "  Scenario: one\n    When x\n", "a.feature:3: scenario without a Then"),
        (
            GOOD + GOOD.removeprefix("Feature: a\n"),
            'a.feature:7: scenario "one" has the name of the one in line 3',
        ),
        (GOOD.replace("  @database/it/is-so\n", ""), "a.feature:2: scenario without the id"),
        (
            GOOD.replace("@database/it/is-so", "@database/it/is-not"),
            "a.feature:3: @database/it/is-not is not in spec/requirements.yaml",
        ),
        (
            GOOD.replace("Scenario:", "Scenario Outline:") + "    Examples:\n      | x |\n",
            "a.feature:6: Examples without a row",
        ),
        (
            GOOD.replace("Scenario:", "Scenario Outline:"),
            "a.feature:3: outline without Examples",
        ),
        (
            GOOD.replace("Scenario:", "Scenario Outline:")
            + "    Examples:\n      | x |\n      | 1 |\n      | 1 |\n",
            "a.feature:9: example comes twice",
        ),
        ("Feature: a\n  Nonsense\n  Scenario one\n    Then\n  | x", "a.feature:1:"),
    ],
)
def test_guards__feature_file__is_refused(checkout: Checkout, text: str, problem: str) -> None:
    """What is wrong is named with file and line."""
    checkout.require("database/it/is-so", "database", checks=["a.feature"])
    checkout.feature("a.feature", text)
    assert any(f"scenarios/{problem}" in found for found in checkout.problems())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"checks": []}, "MUST with neither checks nor a reason for none"),
        ({"checks": ["b.feature"]}, "there is no scenarios/b.feature"),
        ({"checks": ["a.feature", "c.feature"]}, "no scenario of c.feature carries it"),
        ({"checks": ["c.feature"]}, "does not name a.feature among its checks"),
        ({"profile": "databse"}, 'unknown profile "databse"'),
        ({"level": "OUGHT"}, 'unknown level "OUGHT"'),
        ({"excluded": "no reason"}, "has checks and is excluded"),
    ],
)
def test_guards__requirement__is_refused(
    checkout: Checkout, changes: dict[str, object], problem: str
) -> None:
    """Requirements and scenarios name each other."""
    other = {"profile": "database", "checks": ["c.feature"], **REQUIRED}
    checkout.requirements.append({"id": "database/other/is-so", **other})
    entry = {"profile": "database", "checks": ["a.feature"], **REQUIRED, **changes}
    checkout.requirements.append({"id": "database/it/is-so", **entry})
    checkout.require("database/third/is-so", "database", excluded="a reason")
    checkout.feature("a.feature", GOOD)
    checkout.feature("c.feature", GOOD.replace("it/is-so", "other/is-so"))
    assert any(problem in found for found in checkout.problems()), checkout.problems()


def test_guards__sound_suite__has_no_problem(checkout: Checkout) -> None:
    """The guards let through what is right."""
    checkout.require("database/it/is-so", "database", checks=["a.feature"])
    checkout.feature("a.feature", GOOD)
    assert checkout.problems() == []


def test_guards__any_problem__ends_the_run_with_2(checkout: Checkout) -> None:
    """Nothing is executed while the suite has a problem."""
    checkout.require("database/it/is-so", "database", checks=["a.feature"])
    checkout.feature("a.feature", GOOD.replace("Then", "And"))
    ran = checkout.conform("--database", "sqlite")
    assert ran.exit == 2
    told = "scenarios/a.feature:3: scenario without a Then: say what must hold"
    assert ran.output.splitlines() == [told]
    assert ran.records == []


REQUIRED = {"level": "MUST", "text": "It is so.", "source": "tests"}


def test_guards__undefined_step__is_a_harness_error(checkout: Checkout) -> None:
    """A sentence that nothing defines is the suite's fault and never passes."""
    checkout.scenario("database", "When nobody knows\nThen nothing changed")
    ran = checkout.conform("--database", "sqlite")
    assert ran.exit == 2, ran.output
    assert ran.verdicts() == {"database is so": "harness-error"}


def test_guards__pattern_that_fits_nothing__is_exit_2(checkout: Checkout) -> None:
    """Running nothing is no success."""
    checkout.scenario("database", "When x\nThen nothing changed")
    ran = checkout.conform("--only", "nothing-like-this")
    assert ran.exit == 2
    assert ran.output.splitlines() == ["conform: no scenario fits nothing-like-this"]


def test_guards__unknown_database__is_exit_2(checkout: Checkout) -> None:
    """A misspelt database is not silently left out."""
    checkout.scenario("database", "When x\nThen nothing changed")
    ran = checkout.conform("--database", "postgres")
    assert ran.exit == 2
    assert "known: sqlite, postgresql" in ran.output

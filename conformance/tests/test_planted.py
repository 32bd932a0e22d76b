"""What would be green without checking anything, planted: runs end with 2 and a way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conform import vacuity
from conform.miniature import ROOT, Checkout

FEATURE = """\
Feature: a
  @database/it/is-so
  Scenario: one
    When the usual registry is synced again
    Then nothing changed
"""
OUTLINE = FEATURE.replace("Scenario:", "Scenario Outline:")
PLANTED = {
    "no Then": (
        FEATURE.replace("Then", "And"),
        "scenarios/a.feature:3: scenario without a Then: say what must hold",
    ),
    "an empty Examples table": (
        f"{OUTLINE}    Examples:\n      | x |\n",
        "scenarios/a.feature:6: Examples without a row: add one, or remove the table",
    ),
    "a misspelt id": (
        FEATURE.replace("/is-so", "/is-os"),
        "scenarios/a.feature:3: @database/it/is-os is not in spec/requirements.yaml: "
        "did you mean database/it/is-so?",
    ),
    "a misspelt tag": (
        FEATURE.replace("is-so", "is-so @thorouhg"),
        "scenarios/a.feature:3: @thorouhg is not in spec/requirements.yaml: did you mean thorough?",
    ),
    "a scenario twice": (
        FEATURE + FEATURE.removeprefix("Feature: a\n"),
        'scenarios/a.feature:7: scenario "one" has the name of the one in line 3: rename one',
    ),
}
STEPS = '''\
from pytest_bdd import then

@then("{sentence}")
def it_holds():
    """It is so."""
    {body}
'''


def ended(checkout: Checkout, *arguments: str) -> list[str]:
    """The lines of a run that executed nothing and ended with 2."""
    ran = checkout.conform("--database", "sqlite", *arguments)
    assert (ran.exit, ran.records) == (2, []), ran.output
    return ran.output.splitlines()


@pytest.fixture
def sound(checkout: Checkout) -> Checkout:
    """A checkout in which nothing is wrong."""
    checkout.require("database/it/is-so", "database", checks=["a.feature"])
    checkout.feature("a.feature", FEATURE)
    return checkout


@pytest.mark.parametrize("what", PLANTED)
def test_run__planted_in_a_feature_file__ends_with_2(sound: Checkout, what: str) -> None:
    """The line names the file, the line and what to do."""
    text, line = PLANTED[what]
    sound.feature("a.feature", text)
    assert line in ended(sound)


@pytest.mark.parametrize(
    ("place", "way"),
    [
        ("scenarios/b.feature.txt", "call it *.feature"),
        ("scenarios/b.FEATURE", "call it *.feature"),
        ("spec/b.feature", "move it below scenarios/"),
    ],
)
def test_run__unbound_feature_file__ends_with_2(sound: Checkout, place: str, way: str) -> None:
    """A feature file that no run reads is no check."""
    (sound.folder / place).write_text(FEATURE)
    line = f"{place}:1: feature file that nothing binds: {way}, or remove it"
    assert ended(sound) == [line]


def test_run__file_that_no_requirement_names__ends_with_2(sound: Checkout) -> None:
    """The way out names the line of the requirement."""
    sound.feature("b.feature", FEATURE)
    (line,) = ended(sound)
    assert line.startswith("scenarios/b.feature:3: database/it/is-so does not name b.feature")
    assert ": add it in spec/requirements.yaml:" in line


def test_run__profile_that_nobody_knows__ends_with_2(sound: Checkout) -> None:
    """In a requirement, and in an implementation's manifest."""
    sound.implementation("", profiles=["cli", "grahpql"])
    (line,) = ended(sound, "--impl", "impl/bad")
    assert line.startswith("conform: impl/bad/impl.yaml:") and "did you mean graphql?" in line
    sound.require("database/other/is-so", "databse", excluded="a reason")
    (line,) = ended(sound)
    assert line.endswith('unknown profile "databse": did you mean database?')
    assert line.startswith("spec/requirements.yaml:")


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of step definitions that the guards look at instead of the suite's."""
    folder = tmp_path / "steps"
    folder.mkdir()
    monkeypatch.setattr(vacuity, "STEPS", folder)
    monkeypatch.setattr(vacuity, "PACKAGES", ())
    return folder


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "return 1 == 2",
        "assert True",
        "assert (1 == 2, 'a tuple')",
        "print('all is well')",
        "raise HarnessError('no verdict')",
        "unknown.get('x')",
    ],
)
def test_run__step_that_asserts_nothing__ends_with_2(
    sound: Checkout, steps: Path, body: str
) -> None:
    """A Then whose function cannot fail is found in its source, before anything runs."""
    (steps / "planted.py").write_text(STEPS.format(sentence="it holds", body=body))
    (line,) = ended(sound)
    assert line == (
        f"{steps.name}/planted.py:4: it_holds is a Then that cannot fail: "
        "assert what the sentence promises, or raise"
    )


DOING = """\
from pytest_bdd import parsers, step

@step(parsers.parse('the "{name}" registry is synced'))
def sync(name):
    print(name)
"""


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("", True),
        ('    And the "other" registry is synced\n', True),
        ("    And nothing changed\n", False),
    ],
)
def test_run__then_that_only_does_something__ends_with_2(
    sound: Checkout, steps: Path, more: str, wrong: bool
) -> None:
    """A sentence that a When could say, after Then, and nothing else after it."""
    (steps / "planted.py").write_text(DOING)
    text = FEATURE.replace("nothing changed", 'the "usual" registry is synced')
    sound.feature("a.feature", text + more)
    told = (
        'scenarios/a.feature:3: no Then of the scenario can fail (the "usual" registry is synced)'
    )
    assert sound.problems() == ([f"{told}: say what must hold"] if wrong else [])


@pytest.mark.parametrize(
    "body",
    [
        "assert 1 == 2",
        "raise AssertionError",
        "judged(1)",
        "thing.check()",
        "pytest.fail('no')",
    ],
)
def test_vacuity__step_that_can_fail__is_let_through(steps: Path, body: str) -> None:
    """Directly, through a function of the file, or through a method of the suite."""
    text = STEPS.format(sentence="it holds", body=body)
    text += (
        "\ndef judged(x):\n    assert x\n\nclass Thing:\n    def check(self):\n        judged(2)\n"
    )
    (steps / "planted.py").write_text(text)
    assert vacuity.problems() == []


def test_vacuity__the_suites_own_steps__can_all_fail() -> None:
    """Every Then of the suite is a check."""
    assert vacuity.problems(root=ROOT) == []


def test_list__json__names_every_case(sound: Checkout) -> None:
    """For machines: key, name, requirements and tags."""
    ran = sound.command("list", "--json")
    assert (ran.exit, json.loads(ran.output)) == (
        0,
        [
            {
                "case": "a.feature:3",
                "scenario": "one",
                "requirements": ["database/it/is-so"],
                "tags": [],
            }
        ],
    )

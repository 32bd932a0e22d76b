"""From the documents to verdicts: claims, frozen revisions, and the page of the whole chain."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from conform import requirements, traceability
from conform.miniature import ROOT, Checkout
from conform.requirements import Requirement
from conform.traceability import claims, revisions
from conform.verdicts import SetupError

TODAY = date(2026, 12, 1)
HELD = "  - {claim: It is so., by: [a/b/c]}"


def requirement(name: str = "a/b/c", **changes: str) -> Requirement:
    """One that a scenario checks."""
    values = {"level": "MUST", "profile": "cli", "text": "It is so.", **changes}
    return Requirement(id=name, source="x", checks=("a.feature",), excluded=None, line=7, **values)


def known(*found: Requirement) -> dict[str, Requirement]:
    """By their ids."""
    return {each.id: each for each in found or (requirement(),)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with nothing but a folder for the specification."""
    (tmp_path / "spec").mkdir()
    return tmp_path


def claimed(root: Path, text: str) -> list[str]:
    """What is wrong with the claims of one section."""
    (root / "spec" / "claims.yaml").write_text(f"PRD:\n- anchor: x\n{text}\n")
    return [str(each) for each in claims.problems(root, known())]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "spec/claims.yaml:2: x has neither claims nor a reason"),
        (f"  reason: y\n  claims:\n{HELD}", "spec/claims.yaml:2: x has claims and a reason"),
        (
            "  claims:\n  - {claim: It is so.}",
            'spec/claims.yaml:4: "It is so." has neither requirements nor a reason',
        ),
        (
            "  claims:\n  - {claim: It is so., by: [a/b/c], reason: y}",
            'spec/claims.yaml:4: "It is so." has requirements and a reason',
        ),
        ("  claims:\n  - {claim: It is so., by: [a/d/*]}", "spec/claims.yaml:4: a/d/* is no "),
        (f"  section: X\n  claims:\n{HELD}", "spec/claims.yaml:2: PRD: X is not in "),
    ],
)
def test_claims__open_end__is_named_with_its_line(root: Path, text: str, problem: str) -> None:
    """Nothing is claimed that nobody holds."""
    (found,) = claimed(root, text)
    assert found.startswith(problem)
    assert ": " in found.removeprefix(problem)


def test_claims__section_that_is_missing__is_named(root: Path) -> None:
    """Both lists of sections are the same."""
    (root / "spec" / "sections.yaml").write_text("PRD:\n- title: X\n- title: Y\n")
    (found,) = claimed(root, f"  section: X\n  claims:\n{HELD}")
    assert found == "spec/claims.yaml:1: PRD: Y of spec/sections.yaml is missing: add it"


@pytest.mark.parametrize(
    "text", ["  - y", "  other: x", "  claims:\n  - {by: [a]}", "  claims: {", "  claims:\n  - x"]
)
def test_claims__broken_file__is_one_line(root: Path, text: str) -> None:
    """It is a set-up that is wrong."""
    with pytest.raises(SetupError, match=r"^spec/claims\.yaml") as caught:
        claimed(root, text)
    assert "\n" not in str(caught.value)


def frozen(root: Path, name: str, *found: Requirement) -> Path:
    """Freeze a revision."""
    return revisions.freeze(root, name, known(*found), TODAY)


def differences(root: Path, *found: Requirement) -> list[str]:
    """What differs from the newest revision."""
    return [str(each) for each in revisions.problems(root, known(*found))]


@pytest.mark.parametrize(
    "changes", [{"text": "It is not so."}, {"level": "SHOULD"}, {"profile": "server"}]
)
def test_revisions__frozen_requirement_that_changed__needs_a_new_one(
    root: Path, changes: dict[str, str]
) -> None:
    """The line and the command are named; the new revision makes it right."""
    frozen(root, "0.3")
    assert differences(root, requirement(text="It  is\nso.")) == []
    changed = requirement(**changes)
    assert differences(root, changed) == [
        "spec/requirements.yaml:7: a/b/c differs from revision 0.3: "
        "restore it, or make a new revision: conform freeze 0.4"
    ]
    frozen(root, "0.4", changed)
    assert differences(root, changed) == []


def test_revisions__requirement_that_is_gone__is_named(root: Path) -> None:
    """New ones may come; frozen ones do not go."""
    frozen(root, "0.3")
    assert differences(root, requirement(), requirement("a/b/new")) == []
    (found,) = differences(root, requirement("a/b/new"))
    assert found.startswith("spec/revisions/0.3.yaml:1: a/b/c of revision 0.3 is gone: ")


def test_revisions__old_one_that_was_changed__is_noticed(root: Path) -> None:
    """Each holds the digest of the one before, so that history cannot be rewritten."""
    path = frozen(root, "0.9")
    frozen(root, "0.10", requirement(text="Otherwise."))
    assert differences(root, requirement(text="Otherwise.")) == []
    path.write_text(path.read_text().replace("a/b/c", "a/b/d"))
    (found,) = differences(root, requirement(text="Otherwise."))
    assert found == (
        "spec/revisions/0.10.yaml:1: revision 0.9 was changed after 0.10 was made: restore it"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("new", "no name of a revision"),
        ("0.2", "not newer than 0.3"),
        ("0.3", "not newer than 0.3"),
        ("0.4", "nothing has changed since 0.3"),
    ],
)
def test_freeze__what_makes_no_sense__is_refused(root: Path, name: str, said: str) -> None:
    """Revisions only go on, and each says something new."""
    frozen(root, "0.3")
    with pytest.raises(SetupError, match=said):
        frozen(root, name)


@pytest.mark.parametrize("text", ["x", "{revision: 1}", "revision: 9\nrequirements: {}\n"])
def test_revisions__file_that_is_none__is_one_line(root: Path, text: str) -> None:
    """It is a set-up that is wrong."""
    (root / "spec" / "revisions").mkdir()
    (root / "spec" / "revisions" / "0.3.yaml").write_text(text)
    with pytest.raises(SetupError, match=r"^spec/revisions/0\.3\.yaml: "):
        revisions.load(root)


def test_problems__of_this_repository__are_none() -> None:
    """Every claim is held, and the newest revision is what holds."""
    assert [str(each) for each in traceability.problems(ROOT)] == []


def test_claims__of_this_repository__name_what_is_checked() -> None:
    """A claim that scenarios check completely stays so; the others are known by name."""
    found = requirements.load(ROOT)
    states = [claim.state(found) for each in claims.load(ROOT) for claim in each.claims]
    assert states.count("checked") > states.count("partly") + states.count("unchecked")


STEPS = "Given the usual registry\nWhen the usual registry is synced again\nThen nothing changed"


@pytest.fixture
def traced(checkout: Checkout) -> Checkout:
    """A checkout with a scenario, a claim, a fault and the record of a run."""
    checkout.scenario("database", STEPS)
    (checkout.folder / "spec" / "claims.yaml").write_text(
        "PRD:\n- anchor: x\n  claims:\n  - {claim: All is well., by: [database/*]}\n"
    )
    folder = checkout.folder / "conformance" / "faults"
    folder.mkdir(parents=True)
    fault = {"fault": "it is not so", "breaks": "database/database/is-so", "file": "db/sqlite/x"}
    (folder / "x.yaml").write_text(yaml.safe_dump({"faults": [fault]}))
    result = {
        "record": "result",
        "implementation": "database",
        "database": "sqlite",
        "case": "database.feature:3",
        "scenario": "database is so",
        "requirements": ["database/database/is-so"],
        "verdict": "pass",
    }
    reports = checkout.folder / "reports"
    reports.mkdir()
    (reports / "run.ndjson").write_text(json.dumps(result) + "\n")
    told = {"record": "fault", **fault, "caught_by": "database.feature:3"}
    lines = [json.dumps(each) for each in ({"record": "run", "commit": "x"}, told)]
    (reports / "selftest.ndjson").write_text("\n".join(lines))
    return checkout


def test_trace__whole_chain__is_on_one_page(traced: Checkout) -> None:
    """Claim, scenario, fault and verdict of a requirement stand together."""
    ran = traced.conform("--json", command="trace")
    assert ran.exit == 0, ran.output
    link = next(each for each in json.loads(ran.output) if each["id"].endswith("/is-so"))
    assert link["claims"] == ["PRD#x: All is well."]
    assert link["scenarios"] == {"database.feature: database is so": 1}
    assert link["faults"] == {"it is not so": "noticed by database.feature:3"}
    assert link["verdicts"] == {"database on sqlite": "pass"}
    ran = traced.conform(command="trace")
    assert "MUST with scenarios and a fault: 1" in ran.output
    page = (traced.folder / "reports" / "traceability.html").read_text()
    for text in ("PRD#x: All is well.", "noticed by database.feature:3", '<td class="pass">'):
        assert text in page


def test_trace__open_end__ends_with_1(traced: Checkout) -> None:
    """For make verify: the problem on a line, and nothing is written."""
    path = traced.folder / "spec" / "claims.yaml"
    path.write_text(path.read_text().replace("database/*", "databse/*"))
    ran = traced.conform("--check", command="trace")
    assert ran.exit == 1
    assert ran.output.startswith("spec/claims.yaml:4: databse/* is no requirement: ")
    assert not (traced.folder / "reports" / "traceability.html").exists()


def test_freeze__command__says_what_is_new(traced: Checkout) -> None:
    """The first revision, and one after a change."""
    ran = traced.command("freeze", "0.1")
    assert (ran.exit, ran.output.splitlines()[0]) == (0, "added: 2"), ran.output
    assert traced.command("freeze", "0.2").exit == 2
    traced.require("cli/new/is-so", "cli", excluded="a reason")
    ran = traced.command("freeze", "0.2")
    assert ran.output.splitlines() == [
        "added: 1",
        "  cli/new/is-so",
        "changed: 0",
        "removed: 0",
        "spec/revisions/0.2.yaml",
    ]

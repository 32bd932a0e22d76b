"""Faults: stale ones are refused, a fault that breaks nothing is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conform import requirements
from conform.mutation.mutants import mutants
from conform.places import checkout
from conform.requirements import Requirement
from conform.selftest import faults
from conform.selftest.faults import Fault, load
from conform.selftest.job import Outcome, outcome_of
from conform.selftest.overlay import broken
from conform.selftest.reasons import gaps, reasons
from conform.selftest.report import coverage, line, summary, unbroken
from conform.selftest.run import judge
from conform.verdicts import SetupError

ROOT = checkout()
FILE = "impl/py/src/fraisier/operations/record_webhook.py"
FAULT = {
    "fault": "nothing is broken",
    "breaks": "webhook/github/missing-signature-is-rejected",
    "file": FILE,
    "find": (ROOT / FILE).read_text().splitlines()[0],
    "replace": '"""Nothing is different here."""',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout in which only the faults are of the test's own."""
    for name in ("spec", "impl"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "conformance" / "faults").mkdir(parents=True)
    return tmp_path


def written(folder: Path, *faults: dict[str, Any]) -> Path:
    """The folder with these faults in it."""
    text = yaml.safe_dump({"faults": list(faults)})
    (folder / "conformance" / "faults" / "some.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"find": "no such text"}, "holds the text 0 times"),
        ({"find": "import"}, "holds the text"),
        ({"file": "impl/py/nowhere.py"}, "there is no"),
        ({"breaks": "webhook/github/no-such-requirement"}, "is no requirement"),
        ({"replace": FAULT["find"]}, "it changes nothing"),
        ({"replace": "def def"}, "is no Python"),
        ({"more": "keys"}, "it has the keys"),
        ({"breaks": ["webhook/none", 1]}, "it has the keys"),
        ({"breaks": []}, "it has the keys"),
    ],
)
def test_load__fault_that_is_wrong__is_refused(
    folder: Path, change: dict[str, str], told: str
) -> None:
    """With the place and what is wrong."""
    with pytest.raises(SetupError, match=told):
        load(written(folder, {**FAULT, **change}))


def test_load__entry_that_is_wrong__is_refused_with_its_line(folder: Path) -> None:
    """The file and the line come first."""
    with pytest.raises(SetupError, match=r"^conformance/faults/some\.yaml:8: there is no x\.py$"):
        load(written(folder, FAULT, {**FAULT, "file": "x.py"}))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("faults:\n- {fault: a]\n", ":2: the YAML is broken: "),
        ("faults:\n\t- x\n", ":2: the YAML is broken: "),
        ("- just a list\n", ":1: this is no mapping with lists"),
        ("faults: text\n", ":1: this is no mapping with lists"),
        ("others: []\n", ":1: this is no mapping with lists"),
        ("faults:\n- just text\n", ":2: it has the keys"),
    ],
)
def test_command__file_that_is_no_list_of_faults__is_one_line_and_exit_2(
    folder: Path, text: str, told: str
) -> None:
    """With the file and the line, and no traceback."""
    (folder / "conformance" / "faults" / "some.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "conform.cli", "selftest"],
        env={**os.environ, "CONFORM_CHECKOUT": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"conform: conformance/faults/some.yaml{told}")
    assert done.stderr.count("\n") == 1


def test_load__several_requirements__are_judged_one_by_one(folder: Path) -> None:
    """One edit, a question for each of them."""
    both = [FAULT["breaks"], "webhook/github/good-push-is-accepted"]
    found = load(written(folder, {**FAULT, "breaks": both}))
    assert [fault.breaks for fault in found] == both
    assert len({fault.key for fault in found}) == 2
    with pytest.raises(SetupError, match="names a requirement twice"):
        load(written(folder, {**FAULT, "breaks": [both[0], both[0]]}))


def test_load__mutation__is_the_script_of_the_mutant() -> None:
    """A rule is named as `conform mutate` does, and its text stands in db/ only."""
    file = "db/sqlite/functions/fn_cancel_deployment.sql"
    script = (ROOT / file).read_text()
    mutant = mutants(file, script)[0]
    entry = {"fault": "f", "breaks": "b", "file": file, "mutation": mutant.name}
    found = list(faults.made(ROOT, entry))
    assert [(each.find, each.replace) for each in found] == [(script, mutant.script)]
    assert list(faults.wrong(ROOT, entry)) == []
    assert "has no mutant" in next(faults.wrong(ROOT, {**entry, "mutation": "drop nothing"}))


def test_gaps__musts_of_the_checkout__have_a_fault_or_a_reason() -> None:
    """No requirement is believed to be checked because a scenario names it."""
    assert list(gaps(requirements.load(ROOT), load(ROOT), reasons(ROOT))) == []


def test_gaps__what_is_missing_or_stale__is_named() -> None:
    """A MUST without either, a reason beside a fault, a reason of nothing."""
    known = {each.id: each for each in (must(FAULT["breaks"]), must("webhook/other"))}
    why = {FAULT["breaks"]: "none", "webhook/none": "none"}
    assert [line.partition(":")[0] for line in gaps(known, [fault()], why)] == [
        "webhook/other",
        FAULT["breaks"],
        "webhook/none",
    ]


@pytest.mark.parametrize(
    "text", ["- just text", "- {requirements: [], why: x}", "- {requirements: [a], why: ''}"]
)
def test_reasons__incomplete_entry__is_refused(folder: Path, text: str) -> None:
    """Requirements and a reason."""
    (folder / "conformance" / "faults" / "some.yaml").write_text(f"reasons:\n{text}\n")
    with pytest.raises(SetupError, match=r"some\.yaml:2: it has the keys requirements"):
        reasons(folder)


def test_reasons__same_requirement_again__is_refused(folder: Path) -> None:
    """It has one reason."""
    text = "reasons:\n- {requirements: [a], why: x}\n- {requirements: [a], why: y}\n"
    (folder / "conformance" / "faults" / "some.yaml").write_text(text)
    with pytest.raises(SetupError, match=r"some\.yaml:3: a has a reason already"):
        reasons(folder)


def test_load__same_name_twice__is_refused(folder: Path) -> None:
    """A name is the key of a fault."""
    with pytest.raises(SetupError, match="comes twice"):
        load(written(folder, FAULT, FAULT))


def test_load__faults_of_the_checkout__fit_its_files() -> None:
    """None of them is stale."""
    assert load(ROOT)


def test_load__part_of_a_title__is_a_key_of_its_own(folder: Path) -> None:
    """It says which scenario is asked."""
    assert [fault.by for fault in load(written(folder, {**FAULT, "by": "Signed"}))] == ["Signed"]


def test_unbroken__behaviours__have_a_fault_each() -> None:
    """What other tools do wrong is done in a copy, and noticed there (`make selftest`)."""
    behaviours = yaml.safe_load((ROOT / "spec" / "behaviours.yaml").read_text())
    assert list(unbroken(behaviours, load(ROOT))) == []


def test_unbroken__line_whose_requirements_have_no_fault__is_named() -> None:
    """With its kind."""
    lines = [{"wrong": "Pushes are lost.", "requirements": ["webhook/none"]}]
    assert list(unbroken({"receiving": lines}, [fault()])) == ["receiving: Pushes are lost."]


def test_coverage__musts_without_a_fault__are_listed_and_counted() -> None:
    """SHOULD and what no scenario checks do not count."""
    known = {each.id: each for each in (must(FAULT["breaks"]), must("webhook/other"))}
    found = list(coverage([fault()], known))
    assert found[0] == "webhook/other"
    assert found[-1] == "# every MUST with a scenario: 1 of 2 have a fault"


def test_summary__what_is_left_out__is_said() -> None:
    """Beside how many were caught."""
    caught = Outcome(fault(), "webhook/signatures.feature:8")
    absent = Outcome(fault(), None, "no lab", left_out=True)
    assert summary([caught]) == "faults caught: 1 of 1, of 1 requirements"
    assert summary([caught, absent]).endswith("left out, because a lab is missing: 1")
    assert "no lab" in line(absent)


def test_outcome__written_and_read__is_the_same() -> None:
    """One line of NDJSON."""
    outcome = Outcome(fault(), "a.feature:1", "", 2, 1.5)
    assert outcome_of(outcome.as_line(), fault()) == outcome


def test_broken__file_of_a_copy__is_mended_afterwards(tmp_path: Path) -> None:
    """With what Python had compiled of it."""
    target = tmp_path / FILE
    target.parent.mkdir(parents=True)
    target.write_text((ROOT / FILE).read_text())
    compiled = target.parent / "__pycache__" / f"{target.stem}.cpython-311.pyc"
    compiled.parent.mkdir()
    with broken(tmp_path, fault()):
        assert target.read_text().startswith(FAULT["replace"])
        compiled.touch()
    assert target.read_text() == (ROOT / FILE).read_text()
    assert not compiled.exists()


def test_judge__fault_that_breaks_nothing__is_unnoticed(tmp_path: Path) -> None:
    """Its requirement still holds, and no case says otherwise."""
    told: list[Outcome] = []
    found = judge(ROOT, [fault()], {"sqlite": str(tmp_path)}, 1, told.append)
    assert [(each.fault, each.caught_by, each.problem) for each in found] == [(fault(), None, "")]
    assert found == told and found[0].asked


def fault() -> Fault:
    """The fault that breaks nothing."""
    return Fault(*(FAULT[key] for key in ("fault", "breaks", "file", "find", "replace")))


def must(name: str) -> Requirement:
    """A requirement with a scenario."""
    return Requirement(name, "MUST", "webhook", "It holds.", "here", ("a.feature",), None, 1)

"""Faults: stale ones are refused, a fault that breaks nothing is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from conform.places import checkout
from conform.selftest.faults import Fault, load
from conform.selftest.run import Outcome, judge
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
    ],
)
def test_load__fault_that_is_wrong__is_refused(
    folder: Path, change: dict[str, str], told: str
) -> None:
    """With the place and what is wrong."""
    with pytest.raises(SetupError, match=told):
        load(written(folder, {**FAULT, **change}))


def test_load__same_name_twice__is_refused(folder: Path) -> None:
    """A name is the key of a fault."""
    with pytest.raises(SetupError, match="comes twice"):
        load(written(folder, FAULT, FAULT))


def test_load__faults_of_the_checkout__fit_its_files() -> None:
    """None of them is stale."""
    assert load(ROOT)


def test_judge__fault_that_breaks_nothing__is_unnoticed() -> None:
    """Its requirement still holds, and no case says otherwise."""
    told: list[Outcome] = []
    fault = Fault(*(FAULT[key] for key in ("fault", "breaks", "file", "find", "replace")))
    assert judge(ROOT, [fault], 1, told.append) == [Outcome(fault, ())]
    assert told == [Outcome(fault, ())]

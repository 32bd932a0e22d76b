"""``spec/requirements.yaml``: what is wrong in it is said with its line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conform import requirements
from conform.verdicts import SetupError

_ENTRY = "- {id: a/b, level: MUST, profile: cli, text: It is so., source: x}\n"


def _written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "requirements.yaml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("requirements:\n- {id: a/b]\n- x\n", "2: the YAML is broken: "),
        ("requirements:\n\t- x\n", "2: the YAML is broken: found character"),
        ("requirements: \x07\n", "1: the YAML is broken: control characters are not allowed"),
        ("- a\n", "1: this is no mapping with a list of requirements"),
        ("requirements: {a: b}\n", "1: this is no mapping with a list of requirements"),
        ("others: []\n", "1: this is no mapping with a list of requirements"),
        ("requirements:\n- just text\n", "2: this is no requirement: a mapping is needed"),
        (f"requirements:\n{_ENTRY}- {{id: a}}\n", "3: 'level' is missing"),
        (f"requirements:\n{_ENTRY}{_ENTRY}", "3: a/b comes twice"),
        ("requirements:\n- id: a/b\n  level: [MUST]\n", "2: 'level' is no text"),
        (f"requirements:\n{_ENTRY[:-2]}, checks: x}}\n", "2: 'checks' is no list of texts"),
    ],
)
def test_load__broken_file__says_where(tmp_path: Path, text: str, said: str) -> None:
    """Each mistake is told in one line that begins with the file and the line."""
    with pytest.raises(SetupError) as caught:
        requirements.load(_written(tmp_path, text))
    assert str(caught.value).startswith(f"spec/requirements.yaml:{said}")
    assert "\n" not in str(caught.value)


def test_load__empty_or_absent_file__has_none(tmp_path: Path) -> None:
    """A checkout without requirements, or with an empty list, is a sound one."""
    assert requirements.load(tmp_path) == {}
    assert requirements.load(_written(tmp_path, "requirements: []\n")) == {}


@pytest.mark.parametrize("command", ["run", "selftest"])
def test_commands__broken_file__end_with_two_and_one_line(tmp_path: Path, command: str) -> None:
    """A broken file is a set-up that is wrong, and no traceback."""
    checkout = _written(tmp_path, "requirements:\n- {id: a/b]\n- x\n")
    (checkout / "scenarios").mkdir()
    told = subprocess.run(
        [sys.executable, "-m", "conform.cli", command],
        env={**os.environ, "CONFORM_CHECKOUT": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("conform: spec/requirements.yaml:2: the YAML is broken: ")
    assert told.stderr.count("\n") == 1

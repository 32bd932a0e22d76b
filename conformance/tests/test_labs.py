"""Cases that need a lab run inside it, and are told about outside."""

from __future__ import annotations

import pytest
from conform import labs
from conform.cases import PLAIN_TAGS, Case


def _case(*tags: str) -> Case:
    return Case("bare_metal/x.feature", 1, "x", (), ("deploy/x",), frozenset(tags))


def test_possible__lab_is_not_there__leaves_its_cases_out_and_says_so() -> None:
    """Without the lab the other cases run and one line names what is missing."""
    plain, systemd = _case("thorough"), _case("lab-systemd")
    assert labs.possible([plain, systemd], set()) == [plain]
    lines = labs.left_out([plain, systemd], set())
    assert lines == ["left out: 1 cases need the lab of `make lab-systemd`"]


def test_possible__lab_is_there__runs_its_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that the lab sets is enough."""
    for variable in labs.LABS.values():
        monkeypatch.setenv(variable, "somewhere")
    systemd = _case("lab-systemd")
    assert labs.possible([systemd]) == [systemd]
    assert labs.left_out([systemd]) == []


def test_labs__every_tag__is_a_plain_tag() -> None:
    """None is taken for the id of a requirement."""
    assert set(labs.LABS) <= PLAIN_TAGS

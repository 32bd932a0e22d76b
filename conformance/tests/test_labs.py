"""Cases that need a lab run inside it, and are told about outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from conform import labs, mounts
from conform.cases import PLAIN_TAGS, Case
from conform.verdicts import HarnessError


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
    monkeypatch.setenv("FRAISIER_LAB_SYSTEMD", "somewhere")
    systemd = _case("lab-systemd")
    assert labs.possible([systemd]) == [systemd]
    assert labs.left_out([systemd]) == []


def test_labs__every_tag__is_a_plain_tag() -> None:
    """None is taken for the id of a requirement."""
    assert set(labs.LABS) <= PLAIN_TAGS


def test_mounts__where_they_are_possible__end_with_their_namespace() -> None:
    """The probe fills nothing here: what it mounted nobody else has seen."""
    before = Path("/proc/mounts").read_text()
    if not mounts.possible():
        pytest.skip("no mount namespace can be had")
    assert Path("/proc/mounts").read_text() == before


def test_small__outside_of_a_namespace__is_refused(tmp_path: Path) -> None:
    """Also for root, who could: a mount would outlive the run."""
    with pytest.raises(HarnessError):
        mounts.small(tmp_path, 65536)

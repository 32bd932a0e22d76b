"""Completion: what a shell is offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from fraisier.cli import main

from .conftest import Fraisier

OFFERED = {
    "commands": ("fraisier st", 1, {"status", "status-all", "stats", "stop", "start"}),
    "subcommands": ("fraisier config ", 2, {"validate", "show"}),
    "fraises": ("fraisier deploy my", 2, {"my_api", "my_worker"}),
    "environments": ("fraisier deploy my_api prod", 3, {"production-eu", "production-us"}),
    "option": ("fraisier history --fraise my_w", 3, {"my_worker"}),
    "templates": ("fraisier init --template ", 3, {"local", "api", "worker"}),
}


@pytest.mark.parametrize("case", OFFERED)
def test_completion__bash_asks__is_offered_what_fits(
    case: str,
    fraisier: Fraisier,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The program answers the script of ``completion bash`` with the words that fit."""
    words, position, expected = OFFERED[case]
    monkeypatch.setenv("_FRAISIER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(position))
    main.run([])
    lines = capsys.readouterr().out.splitlines()
    assert {line.partition(",")[2] for line in lines} == expected


def test_completion__no_configuration__offers_nothing_and_says_nothing(
    fraisier: Fraisier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no fraises.yaml, pressing Tab shows no error."""
    monkeypatch.setenv("_FRAISIER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "fraisier deploy ")
    monkeypatch.setenv("COMP_CWORD", "2")
    main.run([])
    captured = capsys.readouterr()
    assert (captured.out.strip(), captured.err) == ("", "")

"""Running the program in a folder of its own, inside this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fraisier.cli.main import run

ROOT = Path(__file__).parents[5]


@dataclass(frozen=True)
class Result:
    """What one command line did."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


Fraisier = Callable[..., Result]


@pytest.fixture
def fraisier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Fraisier:
    """Run ``fraisier`` in an empty folder with the example's secret set."""
    monkeypatch.chdir(tmp_path)
    for name in ("FRAISIER_CONFIG", "FRAISIER_DATABASE_URL", "FRAISIER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FRAISIER_WEBHOOK_SECRET", "correct-horse-battery")

    def execute(*arguments: str) -> Result:
        status = run(arguments)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return execute


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The product document's example as ``fraises.yaml``."""
    path = tmp_path / "fraises.yaml"
    path.write_text((ROOT / "fraises.example.yaml").read_text("utf-8"), "utf-8")
    return path

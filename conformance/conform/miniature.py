"""A checkout in miniature, to test the suite with: the real db/, scenarios of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from conform import cli
from conform.places import checkout
from conform.planning import Options, select

ROOT = checkout()
REQUIREMENT = {"level": "MUST", "text": "It is so.", "source": "a test of the suite"}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of ``conform``."""

    exit: int
    output: str
    records: list[dict[str, Any]]

    def verdicts(self) -> dict[str, str]:
        """Verdict by the name of the scenario."""
        return {each["scenario"]: each["verdict"] for each in self.results()}

    def results(self, column: str | None = None) -> list[dict[str, Any]]:
        """The records of the cases, of one column or of all."""
        found = [each for each in self.records if each["record"] == "result"]
        return [each for each in found if column in (None, each["implementation"])]


class Checkout:
    """What ``conform`` sees instead of the repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements: list[dict[str, Any]] = []
        (folder / "db").symlink_to(ROOT / "db")
        (folder / "spec").mkdir()
        for name in ("errors.yaml", "impl.schema.json"):
            shutil.copy(ROOT / "spec" / name, folder / "spec" / name)
        (folder / "scenarios").mkdir()
        self._own_case()

    @property
    def _reports(self) -> Path:
        return self.folder / "reports"

    def _own_case(self) -> None:
        self.require("cli/db-init/makes-the-database-of-db", "cli", excluded="by the runner")

    def require(self, identity: str, profile: str, **changes: Any) -> None:
        """Add a requirement."""
        entry = {"id": identity, "profile": profile, **REQUIREMENT, **changes}
        self.requirements.append(entry)
        text = yaml.safe_dump({"requirements": self.requirements})
        (self.folder / "spec" / "requirements.yaml").write_text(text)

    def feature(self, name: str, text: str) -> Path:
        """Write a feature file."""
        path = self.folder / "scenarios" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def scenario(
        self, profile: str, steps: str, name: str | None = None, tags: str = "", **changes: Any
    ) -> None:
        """Add one requirement of a profile with one scenario, "NAME is so", that checks it."""
        name = name or profile
        identity = f"{profile}/{name}/is-so"
        changes.setdefault("checks", [f"{name}.feature"])
        self.require(identity, profile, **changes)
        body = "\n".join(f"    {line.strip()}" for line in steps.strip().splitlines())
        head = f"Feature: {name}\n  @{identity} {tags}\n  Scenario: {name} is so\n"
        self.feature(f"{name}.feature", head + body + "\n")

    def implementation(self, program: str, name: str = "bad", **changes: Any) -> Path:
        """Write an implementation: a Python program and its manifest."""
        home = self.folder / "impl" / name
        home.mkdir(parents=True)
        script = home / "program"
        script.write_text(f"#!{sys.executable}\n{program}")
        script.chmod(0o755)
        manifest = {
            "name": name,
            "language": "Python",
            "version": ["./program", "--version"],
            "start": ["./program", "serve", "--contract"],
            "cli": ["./program"],
            "databases": ["sqlite"],
            "profiles": ["cli", "server"],
        }
        (home / "impl.yaml").write_text(yaml.safe_dump({**manifest, **changes}))
        return home

    def problems(self) -> list[str]:
        """What the guards say, a line each."""
        scenarios = self.folder / "scenarios"
        found = select(Options(checkout=self.folder, scenarios=scenarios))
        return [str(problem) for problem in found.problems]

    def conform(
        self, *arguments: str, command: str = "run", env: Mapping[str, str] | None = None
    ) -> Ran:
        """Run a command that writes reports."""
        return self.command(command, "--output", str(self._reports), *arguments, env=env)

    def command(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run ``conform`` on this checkout, in this process: its imports take a second."""
        said = io.StringIO()
        with (
            patch.dict(os.environ, {"CONFORM_CHECKOUT": str(self.folder), **(env or {})}),
            patch.object(sys, "argv", ["conform", *arguments]),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            status = _status()
        source = self._reports / "run.ndjson"
        lines = source.read_text().splitlines() if source.exists() else []
        return Ran(status, said.getvalue(), [json.loads(each) for each in lines])


def _status() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0

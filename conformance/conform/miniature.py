"""A checkout in miniature, to test the suite with: the real db/, scenarios of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

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
        return {r["scenario"]: r["verdict"] for r in self.records if r["record"] == "result"}


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

    def scenario(self, profile: str, steps: str, **changes: Any) -> None:
        """Add one requirement of a profile with one scenario that checks it."""
        changes.setdefault("checks", [f"{profile}.feature"])
        self.require(f"{profile}/it/is-so", profile, **changes)
        body = "\n".join(f"    {line.strip()}" for line in steps.strip().splitlines())
        head = f"Feature: {profile}\n  @{profile}/it/is-so\n  Scenario: {profile} is so\n"
        self.feature(f"{profile}.feature", head + body + "\n")

    def implementation(self, program: str, **changes: Any) -> Path:
        """Write an implementation: a Python program and its manifest."""
        home = self.folder / "impl" / "bad"
        home.mkdir(parents=True)
        script = home / "program"
        script.write_text(f"#!{sys.executable}\n{program}")
        script.chmod(0o755)
        manifest = {
            "name": "bad",
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

    def conform(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run ``conform run`` on this checkout."""
        reports = self.folder / "reports"
        done = subprocess.run(
            [sys.executable, "-m", "conform.cli", "run", "--output", str(reports), *arguments],
            env={**os.environ, "CONFORM_CHECKOUT": str(self.folder), **(env or {})},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        source = reports / "run.ndjson"
        lines = source.read_text().splitlines() if source.exists() else []
        return Ran(done.returncode, done.stdout + done.stderr, [json.loads(x) for x in lines])

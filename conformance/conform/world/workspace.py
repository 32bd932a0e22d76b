"""The folder of a scenario: a repository, a configuration, services on free ports."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from conform.redaction import WEBHOOK_SECRET
from conform.world import asking
from conform.world.leftovers import end_all, running
from conform.world.ports import free_port
from conform.world.repository import Repository
from conform.world.waiting import eventually

# The C versions are ten times faster; not every build of PyYAML has them.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Workspace:
    """
    ``folder`` holds everything of the scenario: ``fraises.yaml`` (``config``), the
    bare ``repository.origin``, and what the implementation keeps. Nothing in it, and
    no process in it, outlives the scenario.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "fraises.yaml"
        self.home = folder / "home"
        self.home.mkdir()
        self.secret = WEBHOOK_SECRET
        self.ports: dict[tuple[str, str], int] = {}
        self._repository: Repository | None = None

    @property
    def repository(self) -> Repository:
        """The repository, made when it is first needed."""
        if self._repository is None:
            self._repository = Repository(self.folder)
        return self._repository

    def port(self, fraise: str = "shop", environment: str = "production") -> int:
        """The port of a service: free when first asked for, then always the same."""
        return self.ports.setdefault((fraise, environment), free_port())

    def write_config(self, text: str) -> Path:
        """Write ``fraises.yaml`` as it is given."""
        self.config.write_text(text)
        return self.config

    def configure(
        self,
        fraise: str = "shop",
        environments: tuple[str, ...] = ("production",),
        branches: dict[str, str] | None = None,
        *,
        program: str = "app.py",
        **keys: Any,
    ) -> Path:
        """
        Add a fraise of the ``local`` provider to ``fraises.yaml`` and write it.

        ``branches`` maps branch to environment (default: main to the first one);
        ``keys`` are further keys of the fraise, and replace the usual ones.
        """
        document = self._document()
        mapping = branches if branches is not None else {"main": environments[0]}
        document["fraises"][fraise] = self._fraise(fraise, environments, mapping, program) | keys
        for branch, environment in mapping.items():
            route = {"fraise": fraise, "environment": environment}
            document["branch_mapping"].setdefault(branch, []).append(route)
        return self.write_config(yaml.dump(document, Dumper=DUMPER, sort_keys=False))

    def _document(self) -> dict[str, Any]:
        if self.config.exists():
            return yaml.load(self.config.read_text(), LOADER)
        forge = {"provider": "github", "github": {"webhook_secret": self.secret}}
        # Every scenario asks from 127.0.0.1, and many sign wrongly.
        server = {"open": True, "failed_signatures": 100_000}
        return {"git": forge, "server": server, "fraises": {}, "branch_mapping": {}}

    def _fraise(
        self, fraise: str, environments: tuple[str, ...], mapping: dict[str, str], program: str
    ) -> dict[str, Any]:
        branch_of = {environment: branch for branch, environment in mapping.items()}
        served = program == "app.py"
        return {
            "type": "api" if served else "worker",
            "description": f"The {fraise} of a scenario",
            "git": {"repository": str(self.repository.origin)},
            **(
                {"health_check": {"path": "/health", "timeout": 5, "interval": 0.1}}
                if served
                else {}
            ),
            "environments": {
                name: {
                    "branch": branch_of.get(name, "main"),
                    "target": {
                        "provider": "local",
                        "command": [sys.executable, program],
                        **({"port": self.port(fraise, name)} if served else {}),
                    },
                }
                for name in environments
            },
        }

    def served_version(self, fraise: str = "shop", environment: str = "production") -> str | None:
        """The version that the service says it is now; None while nobody answers."""
        answer = self._ask(fraise, environment, "/version")
        return json.loads(answer.text)["version"] if answer else None

    def service_environment(
        self, fraise: str = "shop", environment: str = "production"
    ) -> dict[str, str]:
        """The environment variables that the running service sees."""
        answer = self._ask(fraise, environment, "/environment")
        assert answer, f"{fraise}/{environment} does not answer"
        return json.loads(answer.text)

    def wait_for_version(
        self, version: str, fraise: str = "shop", environment: str = "production"
    ) -> None:
        """Wait until the service says that it is ``version``."""
        eventually(
            lambda: self.served_version(fraise, environment) == version,
            f"{fraise}/{environment} serves {version}",
        )

    def push_event(
        self, branch: str = "main", commit: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """What GitHub sends when a branch is pushed; ``changes`` replace top-level keys."""
        after = commit or self.repository.head()
        return {
            "ref": f"refs/heads/{branch}",
            "before": "1" * 40,
            "after": after,
            "deleted": False,
            "repository": {
                "full_name": "example/shop",
                "clone_url": str(self.repository.origin),
                "html_url": "https://github.com/example/shop",
            },
            "head_commit": {"id": after, "message": "a change"},
            "pusher": {"name": "alice"},
            "sender": {"login": "alice"},
        } | changes

    def _ask(self, fraise: str, environment: str, path: str) -> httpx.Response | None:
        port = self.ports.get((fraise, environment))
        if port is None:
            return None
        try:
            return asking.request("GET", f"http://127.0.0.1:{port}{path}")
        except httpx.HTTPError:
            return None


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """An empty workspace; its processes and files are gone after the scenario."""
    folder = Path(tempfile.mkdtemp(prefix="conform-work-")).resolve()
    older = running()
    yield Workspace(folder)
    end_all(folder, older)
    shutil.rmtree(folder, ignore_errors=True)

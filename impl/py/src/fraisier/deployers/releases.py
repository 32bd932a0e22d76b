"""Release folders: built beside the one that serves, marked when finished, few kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.files import never, remove_tree, write_json
from fraisier.effects.process import Completed, base_environment, run
from fraisier.git.repository import Repository
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.markers import marker_of, read_marker


def endless() -> float:
    """The time that is left where nothing sets a limit."""
    return float("inf")


@dataclass(frozen=True, slots=True)
class Release:
    """One exact commit under its version, made by one deployment."""

    version: str
    git_commit: str
    deployment_id: str

    @property
    def name(self) -> str:
        """
        Name of its folder: version and the start of the deployment's id.

        A forced deployment of the same commit gets a folder of its own, so that the
        one that serves is never built in.
        """
        readable = re.sub(r"[^A-Za-z0-9._+-]+", "-", self.version).lstrip(".-") or "release"
        return f"{readable[:60]}-{self.deployment_id[:8]}"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes release folders for one fraise in one environment."""

    fraise: FraiseConfig
    provider: DeploymentProvider
    repository: Repository
    on_line: Callable[[str], None]
    should_stop: Callable[[], bool] = never
    time_left: Callable[[], float] = endless

    def folder(self, release: Release) -> Path:
        """Where the release is or will be."""
        return self.provider.release_folder(self.fraise, release.name)

    def is_finished(self, release: Release) -> bool:
        """Whether the folder is there and was built to the end."""
        folder = self.folder(release)
        return folder.is_dir() and read_marker(folder) is not None

    def build(self, release: Release) -> str:
        """
        Export the commit into a new folder, build in it, mark it finished.

        What an interrupted attempt left is thrown away first.

        Raises:
            FraisierError: ``build-failed``, ``step-timeout``, ``tool-missing``, ``fetch-failed``.
        """
        self.discard(release)
        folder = self.folder(release)
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.repository.export(release.git_commit, folder)
        command = self._command(folder)
        if command is not None:
            self._run(command, folder, release)
        write_json(marker_of(folder), self._marks(release))
        return "Nothing to build" if command is None else "Build finished"

    def changed(self, release: Release) -> None:
        """A later step has changed the finished folder: who has a copy of it needs another."""
        os.utime(marker_of(self.folder(release)))

    def discard(self, release: Release) -> None:
        """Remove the folder of a release that will not serve."""
        marker_of(self.folder(release)).unlink(missing_ok=True)
        remove_tree(self.folder(release))

    def tidy(self, current: str, previous: str | None) -> None:
        """
        Keep the newest ``keep_releases`` and always the two that matter. Remove the others,
        and what was never finished: nobody else builds while this deployment has the lease.
        """
        releases = self.provider.release_folder(self.fraise, current).parent
        markers = [path for path in releases.glob("*.json") if path.name[0] != "."]
        newest = sorted(markers, key=lambda path: path.stat().st_mtime, reverse=True)
        keep = {
            current,
            previous,
            *(path.stem for path in newest[: self.fraise.environment.keep_releases]),
        }
        for path in releases.iterdir():
            if path.name.removesuffix(".json") not in keep:
                path.unlink() if path.is_symlink() or path.is_file() else remove_tree(path)
        self.provider.forget(self.fraise, {name for name in keep if name is not None})

    def _command(self, folder: Path) -> tuple[str, ...] | None:
        if self.fraise.environment.build:
            return tuple(self.fraise.environment.build)
        script = folder / "build.sh"
        if script.is_file() and not os.access(script, os.X_OK):
            raise FraisierError(
                "build.sh is not executable, so nothing would be built",
                code="build-failed",
                hint="git update-index --chmod=+x build.sh, or set fraises.*.build",
            )
        return ("./build.sh",) if script.is_file() else None

    def _run(self, command: tuple[str, ...], folder: Path, release: Release) -> Completed:
        declared = self.provider.environment(self.fraise, release.version, release.git_commit)
        built = run(
            command,
            cwd=folder,
            environment={**base_environment(), **declared},
            timeout_seconds=min(self.time_left(), self.fraise.environment.timeouts.build),
            on_line=self.on_line,
            secrets=self.fraise.secrets,
            should_stop=self.should_stop,
        )
        if not built.ok:
            raise FraisierError(f"the build {built.describe()}", code="build-failed")
        if not folder.is_dir():
            raise FraisierError("the build has removed its release folder", code="build-failed")
        return built

    def _marks(self, release: Release) -> dict[str, Any]:
        return {
            "version": release.version,
            "git_commit": release.git_commit,
            "deployment_id": release.deployment_id,
            "snapshot": dict(self.provider.snapshot(self.fraise)),
        }

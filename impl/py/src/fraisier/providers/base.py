"""The interface of a deployment provider (PRD, "Provider Interface")."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem
from fraisier.domain.values import (
    EMPTY,
    DeploymentResult,
    FraiseConfig,
    HealthStatus,
    JobStatus,
    ScriptResult,
)
from fraisier.providers.control import Control, run_here
from fraisier.providers.markers import read_marker
from fraisier.providers.service_address import service_address


class DeploymentProvider(ABC):
    """
    Performs deployments on one kind of target.

    ``name`` is the value of ``target.provider``. ``keys`` are the keys that the
    target may have beside ``provider``, ``required`` those that it must have; the
    strict configuration knows no others.

    ``runs_jobs``: :meth:`deploy` puts jobs in force. A release is a folder of files that
    stands ready before the switch; ``version`` is its name. Only the six methods of the PRD
    must be written, the others have a default that fits a provider on this machine.

    Raises (every method that acts):
        FraisierError: ``provider-failed``, ``provider-unavailable``, ``not-deployed``,
            ``lease-lost`` (a higher fencing token has been here).
        Stopped: ``control.should_stop`` became true while the provider waited.
    """

    name: ClassVar[str]
    keys: ClassVar[frozenset[str]] = frozenset()
    runs_jobs: ClassVar[bool] = False
    required: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, state_folder: Path) -> None:
        self.state_folder = state_folder
        self.control = Control()

    def under(self, control: Control) -> Self:
        """This provider, acting on behalf of one worker."""
        other = copy.copy(self)
        other.control = control
        return other

    def home(self, fraise: FraiseConfig) -> Path:
        """The folder that belongs to one fraise in one environment."""
        return self.state_folder / self.name / fraise.name / fraise.environment.name

    def release_folder(self, fraise: FraiseConfig, version: str) -> Path:
        """Where the files of a release are."""
        return self.home(fraise) / "releases" / version

    def preflight(self, fraise: FraiseConfig) -> None:  # noqa: B027  (nothing to look at is fine)
        """
        Look whether a deployment could work, and touch nothing.

        Raises:
            FraisierError: ``preflight-failed``, ``provider-unavailable``.
        """

    def diagnose(self, fraise: FraiseConfig) -> list[Finding]:
        """
        What would make a deployment fail, for ``fraisier doctor``. Looks only, never raises
        a FraisierError. By default what :meth:`preflight` says; a provider that knows its
        target better says more: one finding for every thing that it looks at.
        """
        try:
            self.preflight(fraise)
        except FraisierError as error:
            return [problem(error.message, error.at or fraise.label, error.hint)]
        return [fine(f"the target {self.name} is ready", fraise.label)]

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """What of the configuration belongs to a release and comes back with it."""
        return {}

    def environment(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """The declared variables of a build or a service, and :meth:`facts`."""
        return {**fraise.environment.variables, **self.facts(fraise, version, commit)}

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """Variables that tell a build or a service which release it is, and where."""
        return {
            "FRAISIER_FRAISE": fraise.name,
            "FRAISIER_ENVIRONMENT": fraise.environment.name,
            "FRAISIER_VERSION": version,
            "FRAISIER_COMMIT": commit,
        }

    def service_url(self, fraise: FraiseConfig) -> str | None:
        """Where the service answers, without a path; see :func:`service_address`."""
        return service_address(fraise)

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """Name of the release folder that serves, ``None`` when there is none or none knows."""
        return None

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """Whether the service runs; ``None`` when the provider cannot tell."""
        return None

    def prepare(self, fraise: FraiseConfig, version: str) -> None:  # noqa: B027  (it is all here)
        """
        Bring a built release to the target, beside the one that serves: copy files, pull
        or build images. Called before cutover, and again after an attempt that died in it.

        Raises:
            FraisierError: ``provider-failed``, ``host-unreachable``.
        """

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """Whether :meth:`prepare` has surely been done. Looks only."""
        return True

    def forget(self, fraise: FraiseConfig, kept: Collection[str]) -> None:  # noqa: B027
        """
        Remove what the target holds of releases other than ``kept``: files, images. Called
        after a success, when the release folders here are gone already. Never fails a
        deployment: what cannot be removed stays for the next time.
        """

    def revive(self, fraise: FraiseConfig) -> str | None:
        """
        Start again what is gone and should run, for this machine was restarted, say; the name
        of its release, if there was anything to do. The default is for targets that do it.
        """
        return None

    def jobs(self, fraise: FraiseConfig) -> tuple[JobStatus, ...]:
        """What is known of the runs of the environment's jobs. Looks only, and not for long."""
        return ()

    def run_script(
        self,
        fraise: FraiseConfig,
        version: str,
        argv: Sequence[str],
        *,
        timeout_seconds: float,
        variables: Mapping[str, str] = EMPTY,
    ) -> ScriptResult:
        """
        Run a program to its end in the folder of a prepared release, where the fraise runs.

        It gets :meth:`environment` and ``variables``. Its lines go to ``control.tell``
        as they come. The default runs it on this machine; nothing of it outlives the
        caller, however that ends.

        Raises:
            FraisierError: ``step-timeout``, ``tool-missing`` (there is no such program).
        """
        folder = self.release_folder(fraise, version)
        known = read_marker(folder) or {}
        named = (known.get("version", version), known.get("git_commit", ""))
        environment = {**self.environment(fraise, *named), **variables}
        return run_here(self.control, fraise, argv, folder, environment, timeout_seconds)

    @abstractmethod
    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """
        Make the prepared release ``version`` the one that serves.

        A fraise without a service (``fraise.has_service`` is false) has nothing to
        start: its release becomes the current one, and the jobs of its environment, if it
        has any, are put in force; jobs that are gone are taken away.
        """

    @abstractmethod
    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Make an older release that is still there the one that serves."""

    @abstractmethod
    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """Look once whether the service is well."""

    @abstractmethod
    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the service's output."""

    @abstractmethod
    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the service; true when it is stopped afterwards."""

    @abstractmethod
    def start(self, fraise: FraiseConfig) -> bool:
        """Start the service again; true when it runs afterwards."""

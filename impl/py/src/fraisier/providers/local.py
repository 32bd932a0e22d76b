"""A supervised process on this machine, without root: the embedded default."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from fraisier.domain.findings import Finding
from fraisier.domain.redaction import redact
from fraisier.domain.values import (
    EMPTY,
    DeploymentResult,
    FraiseConfig,
    HealthState,
    HealthStatus,
    JobStatus,
    ScriptResult,
)
from fraisier.effects.files import replace_symlink, tail
from fraisier.effects.lines import printable
from fraisier.effects.process import base_environment
from fraisier.effects.service_folder import ServiceFolder
from fraisier.providers import local_jobs, local_preflight
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.local_fence import fenced
from fraisier.providers.local_health import look_at
from fraisier.providers.markers import finished


class LocalProvider(DeploymentProvider):
    """
    Runs the service below a supervisor that survives the worker and restarts the service,
    or the jobs of a fraise that has no service by the clock.

    The home is ``target.directory``, else ``<state_folder>/local/<fraise>/<environment>``:
    ``releases/``, ``current`` (a link to the release that serves), ``shared/`` and
    ``logs/``. The service gets ``PORT``, ``FRAISIER_*`` and the declared variables.
    """

    name: ClassVar[str] = "local"
    runs_jobs: ClassVar[bool] = True
    keys: ClassVar[frozenset[str]] = frozenset({"command", "directory", "port", "variables", "env"})

    def home(self, fraise: FraiseConfig) -> Path:
        """``target.directory``, else a folder below the state folder."""
        directory = fraise.environment.target.get("directory")
        return Path(directory) if directory else super().home(fraise)

    def preflight(self, fraise: FraiseConfig) -> None:
        """The home can be written, a service has a command, and nobody else has the port."""
        local_preflight.require(fraise, self.home(fraise), self.diagnose(fraise))

    def diagnose(self, fraise: FraiseConfig) -> list[Finding]:
        """The command, the home and the port."""
        own_port = functools.partial(self._has_port, fraise)
        return list(local_preflight.look(fraise, self.home(fraise), own_port))

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """Command or jobs, and the declared variables: they are of one piece with the code."""
        return local_jobs.snapshot(fraise)

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """Also ``PORT`` and the folder that all releases share."""
        port = fraise.environment.target.get("port")
        return {
            **super().facts(fraise, version, commit),
            "FRAISIER_SHARED": str(self.home(fraise) / "shared"),
            **({"PORT": str(port)} if port else {}),
        }

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """Where ``current`` points, if the supervisor has been told and has followed."""
        try:
            name = (self.home(fraise) / "current").readlink().name
        except OSError:
            return None
        return name if self._service(fraise).follows(name) else None

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """Whether the process of the service or of the scheduler lives; none without either."""
        return None if self._is_idle(fraise) else self._service(fraise).status().running

    def jobs(self, fraise: FraiseConfig) -> tuple[JobStatus, ...]:
        """What the scheduler has written down."""
        return local_jobs.statuses(fraise, self._service(fraise))

    def run_script(
        self,
        fraise: FraiseConfig,
        version: str,
        argv: Sequence[str],
        *,
        timeout_seconds: float,
        variables: Mapping[str, str] = EMPTY,
    ) -> ScriptResult:
        """Only with the newest token: a worker that was frozen starts nothing any more."""
        with self._fenced(fraise):
            pass
        return super().run_script(
            fraise, version, argv, timeout_seconds=timeout_seconds, variables=variables
        )

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """Point ``current`` at the release and restart the service from it."""
        previous = self.current_release(fraise)
        self._switch(fraise, version)
        return DeploymentResult(True, version, previous)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Point ``current`` back and restart the service."""
        self._switch(fraise, to_version)
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """The HTTP answer when one is configured, and always whether the process lives."""
        if self._is_idle(fraise):
            return HealthStatus(HealthState.HEALTHY, "nothing runs all the time")
        return look_at(fraise, self._service(fraise))

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the service, the scheduler or the newest script, redacted."""
        log = local_jobs.newest_log(self._service(fraise))
        newest = tail(log, lines)
        newest = tail(log.with_name("service.log.1"), lines - len(newest)) + newest
        return printable(redact("\n".join(newest), fraise.secrets))

    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the service and its supervisor; the release stays the current one."""
        service = self._service(fraise)
        local_jobs.refuse_idle(fraise, service.desired())
        with self._fenced(fraise):
            generation = service.ask({**service.desired(), "state": "stopped"})
        return not service.settle(generation, self.control.should_stop).running

    def start(self, fraise: FraiseConfig) -> bool:
        """Start the release that served last; nothing happens when it runs supervised."""
        service = self._service(fraise)
        desired = service.desired()
        local_jobs.refuse_idle(fraise, desired)
        if desired["state"] == "running" and service.status().running and service.supervised():
            return True
        with self._fenced(fraise):
            generation = service.ask({**service.desired(), "state": "running"})
        return service.settle(generation, self.control.should_stop).running

    def revive(self, fraise: FraiseConfig) -> str | None:
        """Supervisor and service, or the scheduler, when both are gone."""
        service = self._service(fraise)
        if not service.is_gone():
            return None
        with self._fenced(fraise):
            if not service.is_gone():
                return None  # somebody else was quicker
            generation = service.ask_again()
        return service.settle(generation, self.control.should_stop).release

    def _switch(self, fraise: FraiseConfig, release: str) -> None:
        """Fence, link and order in one locked moment; then wait for the supervisor."""
        service, home = self._service(fraise), self.home(fraise)
        order = self._order(fraise, release)
        with self._fenced(fraise):
            replace_symlink(home / "current", f"releases/{release}")
            generation = service.ask_once(order)
        if order["state"] != "idle" or service.supervised():
            service.settle(generation, self.control.should_stop)

    def _order(self, fraise: FraiseConfig, release: str) -> dict[str, Any]:
        folder = self.release_folder(fraise, release)
        marker = finished(folder)
        snapshot = marker["snapshot"]
        facts = self.facts(fraise, marker["version"], marker["git_commit"])
        return {
            **local_jobs.what_runs(snapshot, fraise, self.home(fraise)),
            "release": release,
            "folder": str(folder),
            "environment": {**base_environment(), **snapshot["variables"], **facts},
        }

    def _fenced(self, fraise: FraiseConfig) -> contextlib.AbstractContextManager[None]:
        return fenced(self.home(fraise), self.control, fraise.label)

    def _has_port(self, fraise: FraiseConfig, port: object) -> bool:
        """Whether the service was given this port and runs, or is just being exchanged."""
        service = self._service(fraise)
        desired = service.desired()
        given: Mapping[str, str] = desired.get("environment", {})
        if given.get("PORT") != str(port):
            return False
        return service.status().running or service.is_behind(desired)

    def _is_idle(self, fraise: FraiseConfig) -> bool:
        """Deployed, with nothing that runs all the time."""
        return self._service(fraise).desired().get("state") == "idle"

    def _service(self, fraise: FraiseConfig) -> ServiceFolder:
        return ServiceFolder(self.home(fraise))

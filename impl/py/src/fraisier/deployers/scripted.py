"""A provider whose service is handled by a script of the release."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding
from fraisier.domain.values import (
    EMPTY,
    DeploymentResult,
    FraiseConfig,
    HealthState,
    HealthStatus,
    JobStatus,
    ScriptResult,
)
from fraisier.effects.files import log_lines, make_private_folder
from fraisier.providers.base import Control, DeploymentProvider

HEALTH_SECONDS_MAX = 30.0


def _not_told(_: str) -> None:
    """Nobody needs these lines."""


class ScriptedProvider(DeploymentProvider):
    """
    Around the provider of the target: ``script deploy|rollback|health|stop|start`` does the
    work, in the folder of the release, and exit status 0 means that it is done (or well).
    Everything else is the target's, so releases, links and fences are as everywhere.
    """

    def __init__(self, target: DeploymentProvider) -> None:
        super().__init__(target.state_folder)
        self._target = target
        self.name = target.name  # type: ignore[misc]  (of the target, not of the class)
        self.runs_jobs = target.runs_jobs  # type: ignore[misc]
        self.control = target.control

    def under(self, control: Control) -> Self:
        """Both act on behalf of the worker."""
        return type(self)(self._target.under(control))

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """``script deploy``, then the release is the current one."""
        self._do(fraise, version, "deploy")
        return self._target.deploy(fraise, version)

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """``script rollback`` in the older release, then that is the current one again."""
        self._do(fraise, to_version, "rollback")
        return self._target.rollback(fraise, to_version)

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """``script health`` in the current release; its last line says why."""
        version = self._target.current_release(fraise)
        if version is None:
            return HealthStatus(HealthState.DOWN, "no release is current")
        check = fraise.environment.health_check
        seconds = check.timeout_seconds if check else HEALTH_SECONDS_MAX
        try:
            done = self._script(fraise, version, "health", seconds, _not_told)  # it is asked often
        except FraisierError as error:
            if error.code != "step-timeout":
                raise
            return HealthStatus(HealthState.DOWN, error.message.partition("\n")[0])
        state = HealthState.HEALTHY if done.ok else HealthState.DOWN
        return HealthStatus(state, done.tail[-1] if done.tail else done.describe())

    def stop(self, fraise: FraiseConfig) -> bool:
        """``script stop`` in the current release."""
        return self._in_current(fraise, "stop")

    def start(self, fraise: FraiseConfig) -> bool:
        """``script start`` in the current release."""
        return self._in_current(fraise, "start")

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """What the script printed when it changed something, and what the target has."""
        return self._target.logs(fraise, lines)

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """A release that was made current was started by its script."""
        return None if self.current_release(fraise) is None else True

    def _in_current(self, fraise: FraiseConfig, verb: str) -> bool:
        version = self._target.current_release(fraise)
        if version is None:
            raise FraisierError(f"{fraise.label} has never been deployed", code="not-deployed")
        self._do(fraise, version, verb)
        return True

    def _do(self, fraise: FraiseConfig, version: str, verb: str) -> None:
        log = make_private_folder(self.home(fraise) / "logs") / "service.log"
        told = self.control.tell
        seconds = fraise.environment.timeouts.script
        with log_lines(log) as write:

            def tell(line: str) -> None:
                told(line)
                write(line)

            done = self._script(fraise, version, verb, seconds, tell)
        if not done.ok:
            message = f"the script's {verb} {done.describe()}"
            raise FraisierError(message, code="script-failed")

    def _script(
        self,
        fraise: FraiseConfig,
        version: str,
        verb: str,
        seconds: float,
        tell: Callable[[str], None],
    ) -> ScriptResult:
        control = replace(self.control, tell=tell)
        argv = (*(fraise.environment.script or ()), verb)
        return self._target.under(control).run_script(
            fraise, version, argv, timeout_seconds=seconds
        )

    def home(self, fraise: FraiseConfig) -> Path:
        """The target's."""
        return self._target.home(fraise)

    def release_folder(self, fraise: FraiseConfig, version: str) -> Path:
        """The target's."""
        return self._target.release_folder(fraise, version)

    def preflight(self, fraise: FraiseConfig) -> None:
        """The target's."""
        self._target.preflight(fraise)

    def diagnose(self, fraise: FraiseConfig) -> list[Finding]:
        """The target's."""
        return self._target.diagnose(fraise)

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """The target's."""
        return self._target.snapshot(fraise)

    def facts(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """The target's."""
        return self._target.facts(fraise, version, commit)

    def environment(self, fraise: FraiseConfig, version: str, commit: str) -> dict[str, str]:
        """The target's."""
        return self._target.environment(fraise, version, commit)

    def service_url(self, fraise: FraiseConfig) -> str | None:
        """The target's."""
        return self._target.service_url(fraise)

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """The target's."""
        return self._target.current_release(fraise)

    def prepare(self, fraise: FraiseConfig, version: str) -> None:
        """The target's."""
        self._target.prepare(fraise, version)

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """The target's."""
        return self._target.is_prepared(fraise, version)

    def forget(self, fraise: FraiseConfig, kept: Collection[str]) -> None:
        """The target's."""
        self._target.forget(fraise, kept)

    def revive(self, fraise: FraiseConfig) -> str | None:
        """The target's: whether what the script started still runs nobody knows."""
        return self._target.revive(fraise)

    def jobs(self, fraise: FraiseConfig) -> tuple[JobStatus, ...]:
        """The target's."""
        return self._target.jobs(fraise)

    def run_script(
        self,
        fraise: FraiseConfig,
        version: str,
        argv: Sequence[str],
        *,
        timeout_seconds: float,
        variables: Mapping[str, str] = EMPTY,
    ) -> ScriptResult:
        """The target's."""
        return self._target.run_script(
            fraise, version, argv, timeout_seconds=timeout_seconds, variables=variables
        )

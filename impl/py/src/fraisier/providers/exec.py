"""A provider that is a program: ``spec/exec-provider.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthState, HealthStatus
from fraisier.effects.http import look
from fraisier.effects.process import base_environment
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.exec_protocol import Program, Result, Unsupported
from fraisier.providers.exec_request import LOOK_SECONDS_MAX, request_of


class ExecProvider(DeploymentProvider):
    """
    Asks the program of ``target.command``, one process for every question.

    What the program does not support has a substitute, or is ``provider-failed``.

    Raises (every method):
        FraisierError: the program's own error; ``provider-protocol``, ``step-timeout``,
            ``tool-missing``.
        Stopped: the program was ended on request.
    """

    name: ClassVar[str] = "exec"
    keys: ClassVar[frozenset[str]] = frozenset(
        {"command", "options", "timeout", "env", "variables"}
    )

    def preflight(self, fraise: FraiseConfig) -> None:
        """What the program says, if it says anything."""
        self._ask_if_known(fraise, "preflight")

    def snapshot(self, fraise: FraiseConfig) -> Mapping[str, Any]:
        """The declared variables come back with a release."""
        return {"variables": dict(fraise.environment.variables)}

    def prepare(self, fraise: FraiseConfig, version: str) -> None:
        """Let the program bring the release to its target."""
        self._ask_if_known(fraise, "prepare", version)

    def is_prepared(self, fraise: FraiseConfig, version: str) -> bool:
        """Only if the program says so; else it is asked to prepare once more."""
        answer = self._ask_if_known(fraise, "is_prepared", version)
        return answer is not None and answer.truth("prepared") is True

    def current_release(self, fraise: FraiseConfig) -> str | None:
        """What the program says; ``None`` when it cannot tell."""
        answer = self._ask_if_known(fraise, "current_release")
        return None if answer is None else answer.text("release", needed=True)

    def is_running(self, fraise: FraiseConfig) -> bool | None:
        """What the program says; ``None`` when it cannot tell."""
        answer = self._ask_if_known(fraise, "is_running")
        return None if answer is None else answer.truth("running")

    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """Let the program switch."""
        answer = self._ask(fraise, "deploy", version)
        return DeploymentResult(True, version, message=answer.text("message") or "")

    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Let the program switch back; one that makes no difference is asked to deploy."""
        if self._ask_if_known(fraise, "rollback", to_version) is None:
            self._ask(fraise, "deploy", to_version)
        return True

    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """What the program saw, else what the address answers, else whether it runs."""
        try:
            answer = self._ask_if_known(fraise, "health_check")
        except FraisierError as error:
            if error.code != "step-timeout":
                raise
            return HealthStatus(HealthState.DOWN, error.message.partition("\n")[0])
        if answer is None:
            return self._looked_at(fraise)
        state = answer.text("state", needed=True)
        if state not in list(HealthState):
            answer.dialogue.refuse_result(f'has no "state" of {", ".join(HealthState)}')
        return HealthStatus(HealthState(state), answer.text("message") or "")

    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines that the program knows."""
        newest = self._ask(fraise, "logs", lines=lines).texts("lines")
        return "\n".join("\n".join(newest).splitlines()[-lines:])

    def stop(self, fraise: FraiseConfig) -> bool:
        """Let the program stop the service."""
        self._ask(fraise, "stop")
        return True

    def start(self, fraise: FraiseConfig) -> bool:
        """Let the program start the service."""
        self._ask(fraise, "start")
        return True

    def _looked_at(self, fraise: FraiseConfig) -> HealthStatus:
        check = fraise.environment.health_check
        if check is not None and check.url is not None:
            answer = look(check.url, min(check.timeout_seconds, LOOK_SECONDS_MAX))
            if answer.status == check.expected_status:
                return HealthStatus(HealthState.HEALTHY, f"the address answered {answer.status}")
            found = answer.reason if answer.status is None else f"answered {answer.status}"
            state = HealthState.DOWN if answer.status is None else HealthState.DEGRADED
            return HealthStatus(state, f"the address of the health check: {found}")
        running = self.is_running(fraise)
        if running is None:
            message = "neither the provider program nor a health_check.url can tell"
            return HealthStatus(HealthState.UNKNOWN, message)
        if running:
            return HealthStatus(HealthState.HEALTHY, "the service runs")
        return HealthStatus(HealthState.DOWN, "the service does not run")

    def _ask_if_known(
        self, fraise: FraiseConfig, method: str, version: str | None = None
    ) -> Result | None:
        """The result, or ``None`` when the program does not know the method."""
        request = request_of(self, fraise, method, version)
        try:
            return self._program(fraise).ask(request)
        except Unsupported:
            return None

    def _ask(
        self, fraise: FraiseConfig, method: str, version: str | None = None, **more: Any
    ) -> Result:
        request = {**request_of(self, fraise, method, version), **more}
        try:
            return self._program(fraise).ask(request)
        except Unsupported:
            message = f'the provider program does not support "{method}"'
            raise FraisierError(message, code="provider-failed") from None

    def _program(self, fraise: FraiseConfig) -> Program:
        # Paths of fraises.yaml start at its folder, and that is where our state is.
        return Program(
            fraise.environment.target["command"],
            self.state_folder.parent,
            base_environment(),
            fraise.secrets,
            self.control,
        )

"""Ask the new release what its users will ask, before the deployment counts as good."""

from __future__ import annotations

from fraisier.deployers.base import Step, Work
from fraisier.deployers.commands import run_command, words
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig
from fraisier.effects.http import look

STATUS_FIRST_BAD = 400


class Smoke(Step):
    """Paths that must be answered with a status below 400, and commands that must succeed."""

    name, failure, doing = "smoke", "smoke-test-failed", "Smoke tests..."

    def seconds(self, fraise: FraiseConfig) -> float:
        """``timeouts.smoke`` for each of them."""
        return fraise.environment.timeouts.smoke * len(fraise.environment.smoke_tests)

    def plan(self, fraise: FraiseConfig) -> str:
        """Names them."""
        tests = [test if isinstance(test, str) else words(test) for test in _tests(fraise)]
        return redact(f"Smoke tests: {', '.join(tests)}", fraise.secrets)

    def act(self, work: Work) -> str:
        """One after another; the first that fails ends the step."""
        for test in _tests(work.fraise):
            if isinstance(test, str):
                self._ask(work, test)
            else:
                self._run(work, test)
        return f"Smoke tests passed ({len(_tests(work.fraise))})"

    def _ask(self, work: Work, path: str) -> None:
        url = f"{work.provider.service_url(work.fraise)}{path}"
        answer = look(url, min(work.time_left(), work.fraise.environment.timeouts.smoke))
        if answer.status is None:
            raise FraisierError(f"GET {path}: {answer.reason}", code=self.failure)
        if answer.status >= STATUS_FIRST_BAD:
            raise FraisierError(f"GET {path} answered {answer.status}", code=self.failure)
        work.tell(f"GET {path} answered {answer.status}")

    def _run(self, work: Work, command: tuple[str, ...]) -> None:
        seconds = work.fraise.environment.timeouts.smoke
        url = work.provider.service_url(work.fraise)
        done = run_command(work, command, seconds, {"FRAISIER_URL": url} if url else {})
        if not done.ok:
            message = f"the smoke test {words(command)} {done.describe()}"
            raise FraisierError(message, code=self.failure)


def check_smoke_tests(fraise: FraiseConfig, url: str | None) -> None:
    """
    Refuse paths where nobody knows where the service answers.

    Raises:
        FraisierError: ``preflight-failed``.
    """
    paths = [test for test in _tests(fraise) if isinstance(test, str)]
    if paths and url is None:
        raise FraisierError(
            f"nobody knows where {paths[0]} of smoke_tests is answered",
            code="preflight-failed",
            hint="set target.port, or health_check.url",
        )


def _tests(fraise: FraiseConfig) -> tuple[str | tuple[str, ...], ...]:
    return fraise.environment.smoke_tests

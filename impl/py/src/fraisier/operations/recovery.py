"""After a failed cutover: bring the old release back, or end what does not work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fraisier.deployers import Work
from fraisier.deployers.releases import Release
from fraisier.deployers.steps import PROVIDER_SECONDS, wait_for_health
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import HealthState, HealthStatus
from fraisier.operations.claim import Claim
from fraisier.operations.endings import LeaseLostError
from fraisier.operations.interruption import Interruption
from fraisier.operations.record import Record

LOG_LINES = 20
LINES_TOLD = 5


class Ending(NamedTuple):
    """How a deployment that failed ends: what is recorded when it is completed."""

    status: str
    error: FraisierError
    health: str | None = None
    details: Mapping[str, Any] | None = None


class Recovery:
    """
    What can be saved of a deployment that failed after cutover.

    ``rolled_back`` when the release that served before is healthy again, else
    ``failed`` with the environment down. Safe to do again by a worker that takes over.
    """

    def __init__(
        self, claim: Claim, record: Record, interruption: Interruption, work: Work
    ) -> None:
        self._record = record
        self._interruption = interruption
        self._work = work
        self._serving = claim.serving

    def run(self, reason: FraisierError) -> Ending:
        """
        Do it, and say how the deployment has to be completed.

        Raises:
            LeaseLostError, HandedOverError: Another worker will do it.
        """
        lines = self._last_lines()
        details = {"log": lines, "release": self._release_name()}
        reason = _with_lines(reason, lines[-LINES_TOLD:])
        if self._serving is None:
            self._end_broken()
            return Ending("failed", reason, "down", details)
        if not self._record.automatic_rollback:
            return Ending("failed", self._not_reversible(reason, self._serving), "down", details)
        self._record.started("rollback", f"Bringing {self._serving.version} back...")
        try:
            self._restore(self._serving)
        except FraisierError as error:
            failed = FraisierError(
                f"{error.message}; after {reason.message}", code="rollback-failed"
            )
            self._record.failed("rollback", failed)
            return Ending("failed", failed, "down", details)
        self._record.succeeded("rollback", f"{self._serving.version} serves again")
        return Ending("rolled_back", reason, "healthy", details)

    def _not_reversible(self, reason: FraisierError, serving: Release) -> FraisierError:
        """The old code may not run on the new schema: a person has to decide."""
        fraise = self._work.fraise
        place = f"{fraise.name} {fraise.environment.name}"
        message = (
            f"{reason.message}\n{serving.version} was not brought back: this deployment has "
            "changed the database in a way that it may not run on. Deploy a release that "
            f"works, or, if it can run: fraisier deploy {place} "
            f"--commit {serving.git_commit} --force"
        )
        return FraisierError(message, code=reason.code, hint=reason.hint)

    def _restore(self, serving: Release) -> None:
        try:
            self._switch_back(serving)
            status = self._health()
        except OSError as error:
            raise FraisierError(str(error), code="rollback-failed") from error
        except FraisierError as error:
            refuse_lost(error)
            raise
        if status.state is not HealthState.HEALTHY:
            message = f"{serving.version} is not healthy either: {status.message}"
            raise FraisierError(message, code="rollback-failed")

    def _switch_back(self, serving: Release) -> None:
        work, timeouts = self._work, self._work.fraise.environment.timeouts
        if not work.workshop.is_finished(serving):
            with self._interruption.limited("rollback", timeouts.fetch + timeouts.build):
                work.repository.fetch()
                work.workshop.build(serving)
        with self._interruption.limited("rollback", timeouts.switch):
            if not work.provider.rollback(work.fraise, serving.name):
                raise FraisierError("the provider refused", code="rollback-failed")

    def _health(self) -> HealthStatus:
        work = self._work
        check = work.fraise.environment.health_check
        seconds = (check.timeout_seconds if check else 0) + PROVIDER_SECONDS
        with self._interruption.limited("rollback", seconds):
            return wait_for_health(work)

    def _end_broken(self) -> None:
        """Nothing to go back to: what does not work does not go on either."""
        work = self._work
        try:
            with self._interruption.limited("rollback", work.fraise.environment.timeouts.switch):
                work.provider.stop(work.fraise)
        except FraisierError as error:
            refuse_lost(error)
        except OSError:
            return  # the deployment ends as failed and down in any case

    def _last_lines(self) -> list[str]:
        try:
            with self._interruption.limited("rollback", PROVIDER_SECONDS):
                return self._work.provider.logs(self._work.fraise, LOG_LINES).splitlines()
        except (FraisierError, OSError):
            return []

    def _release_name(self) -> str | None:
        return self._work.release.name if self._work.release else None


def refuse_lost(error: FraisierError) -> None:
    """
    Go on, unless the target told of a newer worker.

    Raises:
        LeaseLostError: It did.
    """
    if error.code == "lease-lost":
        raise LeaseLostError from error


def _with_lines(reason: FraisierError, lines: Sequence[str]) -> FraisierError:
    """The reason and what the service printed last, for whoever reads it at night."""
    return FraisierError("\n".join([reason.message, *lines]), code=reason.code, hint=reason.hint)

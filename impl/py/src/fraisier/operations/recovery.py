"""After a failed cutover: bring the old release back, or end what does not work."""

from __future__ import annotations

from collections.abc import Sequence

from fraisier.deployers import Work
from fraisier.deployers.releases import Release
from fraisier.deployers.steps import wait_for_health
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import HealthState
from fraisier.effects.process import Stopped
from fraisier.operations.claim import Claim
from fraisier.operations.endings import LeaseLostError
from fraisier.operations.interruption import Interruption
from fraisier.operations.record import Record

LOG_LINES = 20
LINES_TOLD = 5


class Recovery:
    """
    Completes a deployment that failed after cutover.

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

    def run(self, reason: FraisierError) -> bool:
        """
        Do it and complete the deployment; true when the old release serves.

        Raises:
            LeaseLostError, HandedOverError: It is not completed.
        """
        lines = self._last_lines()
        details = {"log": lines, "release": self._release_name()}
        reason = _with_lines(reason, lines[-LINES_TOLD:])
        if self._serving is None:
            self._end_broken()
            self._record.completed("failed", health="down", error=reason, details=details)
            return False
        self._record.started("rollback", f"Bringing {self._serving.version} back...")
        try:
            self._restore(self._serving)
        except FraisierError as error:
            failed = FraisierError(
                f"{error.message}; after {reason.message}", code="rollback-failed"
            )
            self._record.failed("rollback", failed)
            self._record.completed("failed", health="down", error=failed, details=details)
            return False
        self._record.succeeded("rollback", f"{self._serving.version} serves again")
        self._record.completed("rolled_back", health="healthy", error=reason, details=details)
        return True

    def _restore(self, serving: Release) -> None:
        work = self._work
        try:
            if not work.workshop.is_finished(serving):
                work.repository.fetch()
                work.workshop.build(serving)
            if not work.provider.rollback(work.fraise, serving.name):
                raise FraisierError("the provider refused", code="rollback-failed")
            status = wait_for_health(work)
        except Stopped:
            raise self._interruption.cause() from None
        except OSError as error:
            raise FraisierError(str(error), code="rollback-failed") from error
        except FraisierError as error:
            if error.code == "lease-lost":
                raise LeaseLostError from error
            raise
        if status.state is not HealthState.HEALTHY:
            message = f"{serving.version} is not healthy either: {status.message}"
            raise FraisierError(message, code="rollback-failed")

    def _end_broken(self) -> None:
        """Nothing to go back to: what does not work does not go on either."""
        try:
            self._work.provider.stop(self._work.fraise)
        except FraisierError as error:
            if error.code == "lease-lost":
                raise LeaseLostError from error
        except OSError:
            return  # the deployment ends as failed and down in any case
        except Stopped:
            raise self._interruption.cause() from None

    def _last_lines(self) -> list[str]:
        try:
            return self._work.provider.logs(self._work.fraise, LOG_LINES).splitlines()
        except (FraisierError, OSError):
            return []

    def _release_name(self) -> str | None:
        return self._work.release.name if self._work.release else None


def _with_lines(reason: FraisierError, lines: Sequence[str]) -> FraisierError:
    """The reason and what the service printed last, for whoever reads it at night."""
    return FraisierError("\n".join([reason.message, *lines]), code=reason.code, hint=reason.hint)

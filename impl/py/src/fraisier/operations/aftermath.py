"""End a deployment that did not go well: save what serves, run the hooks, record it."""

from __future__ import annotations

import contextlib

from fraisier.deployers import Work
from fraisier.deployers.base import Outcome
from fraisier.deployers.hooks import OnFailure
from fraisier.domain.errors import FraisierError
from fraisier.operations.claim import Claim
from fraisier.operations.endings import CancelledError
from fraisier.operations.interruption import Interruption
from fraisier.operations.record import Record
from fraisier.operations.recovery import Ending, Recovery


class Aftermath:
    """
    The end of one claim that failed or was cancelled. ``work`` is None when it failed
    before anything could be prepared.

    Raises (every method):
        LeaseLostError, HandedOverError: It is not completed, and another worker will.
    """

    def __init__(
        self, claim: Claim, record: Record, interruption: Interruption, work: Work | None
    ) -> None:
        self._claim = claim
        self._record = record
        self._interruption = interruption
        self._work = work

    def cancelled(self) -> None:
        """Somebody asked for it before cutover: nothing was touched."""
        self._discard()
        error = FraisierError("Cancelled on request.", code="cancelled")
        self._record.completed("cancelled", error=error)

    def failed(self, error: FraisierError) -> None:
        """Before cutover: the old release serves on. After it: bring the old one back."""
        self._interruption.ending = True
        work, ending = self._work, self._untouched(error)
        if work is not None and self._interruption.cut_over:
            ending = Recovery(self._claim, self._record, self._interruption, work).run(error)
        if work is not None:
            self._hooks(work, ending)
        if not self._interruption.cut_over or ending.status == "rolled_back":
            self._discard()
        self._record.completed(
            ending.status, health=ending.health, error=ending.error, details=ending.details
        )

    def _untouched(self, error: FraisierError) -> Ending:
        """The old release serves on, though perhaps on a database that it does not know."""
        serving = self._claim.serving
        if serving is None or self._record.automatic_rollback:
            return Ending("failed", error)
        message = (
            f"{error.message}\n{serving.version} serves on, but the database was changed "
            "already in a way that it may not run on. Deploy a release that works."
        )
        return Ending("failed", FraisierError(message, code=error.code), health="unknown")

    def _hooks(self, work: Work, ending: Ending) -> None:
        """Their failure is recorded and told; it changes nothing about the ending."""
        step = OnFailure()
        if not step.hooks(work.fraise):
            return
        work.outcome = Outcome(ending.status, ending.error.code, ending.error.message)
        with contextlib.suppress(CancelledError):  # too late to matter, but nothing may start
            self._record.started(step.name, step.doing)
            try:
                with self._interruption.limited(step.name, step.seconds(work.fraise)):
                    message = step.act(work)
            except FraisierError as error:
                self._record.failed(step.name, error)
            except OSError as error:
                self._record.failed(step.name, FraisierError(str(error), code=step.failure))
            else:
                self._record.succeeded(step.name, message)

    def _discard(self) -> None:
        """Remove a release folder that this deployment made and that never served."""
        work = self._work
        if work is None or work.release is None:
            return
        if work.release.deployment_id == self._claim.deployment_id:
            with contextlib.suppress(OSError):  # the next success removes what is left
                work.workshop.discard(work.release)


def recorded_error(claim: Claim) -> FraisierError | None:
    """The error after which an earlier attempt began to end the deployment, if one did."""
    step = claim.failure
    if step is None:
        return None
    detail: dict[str, str] = step.get("detail") or {}
    message = detail.get("message") or step.get("message") or "the deployment failed"
    code = detail.get("code", "deployment-failed")
    return FraisierError(message, code=code, hint=detail.get("hint"))

"""Take one claimed deployment through its steps to a true end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from fraisier.deployers import Probe, Step, Work, deployer_for
from fraisier.deployers.base import Outcome
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import HealthState
from fraisier.effects.process import Stopped
from fraisier.operations.aftermath import Aftermath, recorded_error
from fraisier.operations.claim import Claim
from fraisier.operations.endings import CancelledError, HandedOverError, LeaseLostError
from fraisier.operations.insisting import Insisting
from fraisier.operations.interruption import Interruption
from fraisier.operations.lease import Lease
from fraisier.operations.parts import Application
from fraisier.operations.preparation import outward, prepared
from fraisier.operations.record import Record
from fraisier.operations.recovery import refuse_lost

Result = TypeVar("Result")


class Pipeline:
    """
    The steps of one claim. ``run`` returns when the deployment is completed.

    Raises:
        LeaseLostError, HandedOverError: It is not completed, and another worker will.
    """

    def __init__(
        self,
        app: Application,
        db: Insisting,
        claim: Claim,
        lease: Lease,
        record: Record,
        stop: threading.Event,
    ) -> None:
        self._app = app
        self._db = db
        self._claim = claim
        self._lease = lease
        self._record = record
        self._interruption = Interruption(lease, stop, claim.cut_over)
        self._step: Step | None = None  # that has begun and not ended
        self._work: Work | None = None
        self._switched = False

    def run(self) -> None:
        """Deploy, or bring the old release back, or say why nothing was touched."""
        try:
            self._carry_on()
        except CancelledError:
            self._aftermath().cancelled()
        except FraisierError as error:
            self._fail(error)
        except KeyboardInterrupt:
            with contextlib.suppress(LeaseLostError):  # it has ended already
                self._fail(FraisierError("Interrupted by the user.", code="interrupted"))
            raise
        else:
            self._tidy()

    def _carry_on(self) -> None:
        work = self._work = prepared(
            self._app, self._db, self._claim, self._interruption, self._record
        )
        failed = recorded_error(self._claim)
        if failed is not None:
            raise failed
        steps = list(deployer_for(work.fraise.fraise.type).steps(work.fraise))
        needed = True
        for number, step in enumerate(steps, 1):
            before, after = 100 * (number - 1) // len(steps), 100 * number // len(steps)
            if needed or step.always:
                self._take(step, work, before, after)
            else:
                reason = f"already at {work.known_release.version}"
                self._record.skipped(step.name, reason, after)
            if step.name == "preflight":
                self._notice_dead_service(step, work)
            if step.name == "fetch":
                needed = self._record_release(work)
        self._switched = needed
        self._record.completed("success", health=str(HealthState.HEALTHY) if needed else None)

    def _take(self, step: Step, work: Work, before: int, after: int) -> None:
        """Probe, and do the step when it is not surely done."""
        self._lease.assure(self._db)
        self._interruption.raise_if_pending()
        if self._guarded(step, work, lambda: step.probe(work)) is Probe.DONE:
            self._record.skipped(step.name, step.done, after)
            return
        self._record.started(step.name, step.doing, before)
        self._step = step
        if step.name == "switch":
            self._interruption.cut_over = True
        if step.optional:
            work.outcome = Outcome("success")
        try:
            message = self._guarded(step, work, lambda: step.act(work))
        except FraisierError as error:
            if not step.optional:
                raise
            self._record.failed(step.name, error)
        else:
            self._record.succeeded(step.name, message, after)
        self._step = None

    def _guarded(self, step: Step, work: Work, do: Callable[[], Result]) -> Result:
        """Every way in which a step, or the look at it, can end, in a deployment's words."""
        try:
            with self._interruption.limited(step.name, step.seconds(work.fraise)):
                return do()
        except FraisierError as error:
            refuse_lost(error)
            raise
        except OSError as error:
            raise FraisierError(str(error), code=step.failure) from error
        except (LeaseLostError, CancelledError, HandedOverError):
            raise
        except Exception as error:  # a fault in Fraisier: what serves is saved all the same
            raise FraisierError(f"{type(error).__name__}: {error}", code="internal") from error

    def _notice_dead_service(self, step: Step, work: Work) -> None:
        """A service that died unseen is down, so that the same commit is deployed again."""
        if self._claim.serving is None:
            return
        running = self._guarded(step, work, lambda: work.provider.is_running(work.fraise))
        if running is not False:
            return
        self._db.call(
            "fn_record_health",
            fraise=work.fraise.name,
            environment=work.fraise.environment.name,
            status=str(HealthState.DOWN),
            message="the service does not run",
        )

    def _record_release(self, work: Work) -> bool:
        release = work.known_release
        made_here = self._claim.release is None
        digest = work.repository.tree_of(release.git_commit) if made_here else None
        return self._record.release(release, digest, outward(work.fraise))

    def _tidy(self) -> None:
        """After a success only: keep the newest releases and the two that matter."""
        work, serving = self._work, self._claim.serving
        if work is None or not self._switched:
            return
        try:
            work.workshop.tidy(work.known_release.name, serving.name if serving else None)
        except (FraisierError, OSError, Stopped) as error:  # they stay for the next time
            self._record.aside(f"old releases could not be removed: {error}")

    def _fail(self, error: FraisierError) -> None:
        if self._step is not None:
            self._record.failed(self._step.name, error)
            self._step = None
        if self._interruption.cut_over:
            self._lease.renew(self._db, self._claim.lease_seconds)
            self._lease.assure(self._db)  # an end that is already recorded is not undone
        self._aftermath().failed(error)

    def _aftermath(self) -> Aftermath:
        return Aftermath(self._claim, self._record, self._interruption, self._work)

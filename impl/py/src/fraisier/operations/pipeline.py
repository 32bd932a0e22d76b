"""Take one claimed deployment through its steps to a true end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import Database
from fraisier.deployers import Probe, Step, Work, deployer_for
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact_values
from fraisier.domain.values import FraiseConfig, HealthState
from fraisier.effects.process import Stopped
from fraisier.git.repository import Repository
from fraisier.operations.claim import Claim
from fraisier.operations.endings import CancelledError, LeaseLostError
from fraisier.operations.interruption import Interruption
from fraisier.operations.lease import Lease
from fraisier.operations.parts import Application
from fraisier.operations.record import Record
from fraisier.operations.recovery import Recovery
from fraisier.providers.base import Control


class Pipeline:
    """
    The steps of one claim. ``run`` returns when the deployment is completed.

    Raises:
        LeaseLostError, HandedOverError: It is not completed, and another worker will.
    """

    def __init__(
        self,
        app: Application,
        db: Database,
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
        self._step: Step | None = None
        self._work: Work | None = None
        self._switched = False

    def run(self) -> None:
        """Deploy, or bring the old release back, or say why nothing was touched."""
        try:
            self._carry_on()
        except CancelledError:
            self._discard()
            error = FraisierError("Cancelled on request.", code="cancelled")
            self._record.completed("cancelled", error=error)
        except FraisierError as error:
            self._fail(error)
        except KeyboardInterrupt:
            with contextlib.suppress(LeaseLostError):  # it has ended already
                self._fail(FraisierError("Interrupted by the user.", code="interrupted"))
            raise
        else:
            self._tidy()

    def _carry_on(self) -> None:
        work = self._prepare()
        failed = self._claim.failure_of_cutover
        if failed is not None:
            self._bring_back(work, _recorded_error(failed))
            return
        steps = list(deployer_for(work.fraise.fraise.type).steps(work.fraise))
        needed = True
        for number, step in enumerate(steps, 1):
            before, after = 100 * (number - 1) // len(steps), 100 * number // len(steps)
            if needed:
                self._take(step, work, before, after)
            else:
                reason = f"already at {work.known_release.version}"
                self._record.skipped(step.name, reason, after)
            if step.name == "preflight":
                self._notice_dead_service(work)
            if step.name == "fetch":
                needed = self._record_release(work)
        self._switched = needed
        self._record.completed("success", health=str(HealthState.HEALTHY) if needed else None)

    def _prepare(self) -> Work:
        deployment = self._claim.deployment
        fraise = self._app.config.select(deployment["fraise"], deployment["environment"])
        # First, because nothing that the user adds to the configuration would help.
        provider = self._app.provider(fraise.environment.provider)
        if fraise.fraise.repository is None:
            hint = f"set fraises.{fraise.name}.git.repository"
            message = f"{fraise.name} has no repository"
            raise FraisierError(message, code="preflight-failed", hint=hint)
        control = Control(
            self._environment_id(fraise),
            self._claim.fencing_token,
            self._interruption.urgent,
            self._tell,
        )
        branches = fraise.environment.branches
        branch = self._claim.branch or (branches[0] if branches else None)
        pending = self._interruption.pending
        self._work = Work(
            fraise=fraise,
            provider=provider.under(control),
            repository=Repository(
                fraise.fraise.repository,
                self._app.state_folder,
                secrets=fraise.secrets,
                should_stop=pending,
            ),
            deployment_id=self._claim.deployment_id,
            commit=deployment.get("git_commit"),
            branch=branch,
            release=self._claim.release,
            tell=self._tell,
            should_stop=pending,
        )
        return self._work

    def _environment_id(self, fraise: FraiseConfig) -> str | None:
        where = {"fraise": fraise.name, "name": fraise.environment.name}
        rows = self._db.read("v_environment", where, limit=1)
        return rows[0]["id"] if rows else None

    def _take(self, step: Step, work: Work, before: int, after: int) -> None:
        """Probe, and do the step when it is not surely done."""
        self._lease.assure(self._db)
        self._interruption.raise_if_pending()
        self._step = step
        if step.probe(work) is Probe.DONE:
            self._record.skipped(step.name, step.done, after)
            return
        self._record.started(step.name, step.doing, before)
        if step.name == "switch":
            self._interruption.cut_over = True
        message = self._guarded(step, step.act, work)
        self._record.succeeded(step.name, message, after)
        self._step = None

    def _guarded(self, step: Step, act: Callable[[Work], str], work: Work) -> str:
        """Every way in which a step can end, in the words of a deployment."""
        try:
            return act(work)
        except Stopped:
            raise self._interruption.cause() from None
        except FraisierError as error:
            if error.code == "lease-lost":
                raise LeaseLostError from error
            raise
        except OSError as error:
            raise FraisierError(str(error), code=step.failure) from error

    def _notice_dead_service(self, work: Work) -> None:
        """A service that died unseen is down, so that the same commit is deployed again."""
        if self._claim.serving is None or work.provider.is_running(work.fraise) is not False:
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
        return self._record.release(release, digest, _outward(work.fraise))

    def _tidy(self) -> None:
        """After a success only: keep the newest releases and the two that matter."""
        work, serving = self._work, self._claim.serving
        if work is not None and self._switched:
            work.workshop.tidy(work.known_release.name, serving.name if serving else None)

    def _fail(self, error: FraisierError) -> None:
        """Before cutover: the old release serves on. After it: bring the old one back."""
        if self._step is not None:
            self._record.failed(self._step.name, error)
            self._step = None
        work = self._work
        if work is None or not self._interruption.cut_over:
            self._discard()
            self._record.completed("failed", error=error)
        else:
            self._bring_back(work, error)

    def _bring_back(self, work: Work, reason: FraisierError) -> None:
        self._lease.renew(self._db, self._claim.lease_seconds)
        self._lease.assure(self._db)  # an end that is already recorded is not undone
        if Recovery(self._claim, self._record, self._interruption, work).run(reason):
            self._discard()

    def _discard(self) -> None:
        """Remove a release folder that this deployment made and that never served."""
        work = self._work
        if work is None or work.release is None:
            return
        if work.release.deployment_id == self._claim.deployment_id:
            work.workshop.discard(work.release)

    def _tell(self, line: str) -> None:
        if self._step is not None:
            self._record.line(self._step.name, line)


def _recorded_error(step: Mapping[str, Any]) -> FraisierError:
    """The error that an earlier attempt recorded with its failed step."""
    detail: Mapping[str, str] = step.get("detail") or {}
    message = detail.get("message") or step.get("message") or "the deployment failed"
    return FraisierError(message, code=detail.get("code", "deployment-failed"))


def _outward(fraise: FraiseConfig) -> dict[str, Any]:
    """The configuration of a release as it may be stored: no secrets, no values of variables."""
    environment = fraise.environment
    check = environment.health_check
    document = {
        "type": fraise.fraise.type,
        "provider": environment.provider,
        "target": dict(environment.target),
        "build": list(environment.build) if environment.build else None,
        "health_check": (check.url or check.path) if check else None,
        "variables": sorted(environment.variables),
    }
    return redact_values(document, fraise.secrets)

"""Write down what happens to a deployment: to the database, redacted, and to the listener."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import refuse
from fraisier.deployers.releases import Release
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import Answer
from fraisier.effects.clock import ticks
from fraisier.operations.claim import Claim
from fraisier.operations.endings import CancelledError, LeaseLostError
from fraisier.operations.insisting import Insisting
from fraisier.operations.lease import FINAL

MESSAGE_MAX = 4_000
LINE_SECONDS = 1.0

Listen = Callable[[Mapping[str, Any]], None]


class Record:
    """
    The writer of one claim. Every write carries the fencing token.

    Raises (every method):
        LeaseLostError: The database refused the token, the deployment has ended, or the
            database was away for longer than the lease lasts.
        CancelledError: The database refused to start a step.
        FraisierError: The database refused anything else.
    """

    def __init__(
        self, db: Insisting, claim: Claim, secrets: frozenset[str], listen: Listen
    ) -> None:
        self._db = db
        self._claim = claim
        self._secrets = secrets
        self._listen = listen
        self._line_at = 0.0
        self._open: str | None = None  # the step that has begun and not ended
        self.automatic_rollback = claim.automatic_rollback

    def started(self, step: str, message: str, progress: int = 0) -> None:
        """Intent: written before anything is done."""
        self._step(step, "started", message, progress)
        self._open = step
        self._line_at = ticks()

    def succeeded(self, step: str, message: str, progress: int = 100) -> None:
        """Result: it is done."""
        self._step(step, "succeeded", message, progress)

    def failed(self, step: str, error: FraisierError) -> None:
        """Result: it could not be done, and what its error says of a way out."""
        detail = {"code": error.code, "message": self._clean(error.message)}
        if error.hint:
            detail["hint"] = self._clean(error.hint)
        self._step(step, "failed", error.message.partition("\n")[0], None, detail)

    def skipped(self, step: str, message: str, progress: int = 100) -> None:
        """It was not needed."""
        self._step(step, "skipped", message, progress)

    def line(self, text: str) -> None:
        """Output of the open step as it comes; the database gets a line a second at most."""
        step = self._open
        if step is None:
            return
        text = redact(text, self._secrets)
        self._listen({"event": "log", "step": step, "line": text})
        if ticks() - self._line_at >= LINE_SECONDS:
            self._line_at = ticks()
            self._call("fn_record_step", step=step, state="started", message=text[:MESSAGE_MAX])

    def aside(self, text: str) -> None:
        """What only the listener is told: it is no part of any step."""
        self._listen({"event": "log", "line": redact(text, self._secrets)})

    def release(self, release: Release, digest: str | None, config: Mapping[str, Any]) -> bool:
        """
        Say which release it is; false when the environment serves this commit already.

        SQL: fn_record_release
        """
        answer = self._call(
            "fn_record_release",
            version=release.version,
            git_commit=release.git_commit,
            artifact_digest=digest,
            config=dict(config),
        )
        return answer.status_detail != "unchanged"

    def migration(
        self, head: str, backward_compatible: bool, detail: Mapping[str, Any] | None = None
    ) -> bool:
        """
        Say what the fraise's database was brought to; whether the release that served
        before could still run on it.

        SQL: fn_record_migration
        """
        answer = self._call(
            "fn_record_migration",
            migration_head=head,
            backward_compatible=backward_compatible,
            detail=dict(detail) if detail else None,
        )
        self.automatic_rollback = answer.metadata.get("automatic_rollback") is not False
        return self.automatic_rollback

    def completed(
        self,
        status: str,
        *,
        health: str | None = None,
        error: FraisierError | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """
        The end of the deployment.

        SQL: fn_complete_deployment
        """
        self._call(
            "fn_complete_deployment",
            status=status,
            health=health,
            error_code=error.code if error else None,
            error_message=self._clean(error.message) if error else None,
            details=dict(details) if details else None,
        )

    def _step(
        self,
        step: str,
        state: str,
        message: str,
        progress: int | None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """SQL: fn_record_step"""
        self._open = None
        message = self._clean(message)
        told = {"step": step, "state": state, "progress": progress, "message": message}
        self._call("fn_record_step", **told, detail=dict(detail) if detail else None)
        self._listen({"event": "step", **told})

    def _clean(self, text: str) -> str:
        text = redact(text, self._secrets)
        return text if len(text) <= MESSAGE_MAX else "..." + text[-MESSAGE_MAX + 3 :]

    def _call(self, function: str, **arguments: Any) -> Answer:
        answer = self._db.call(
            function,
            deployment_id=self._claim.deployment_id,
            fencing_token=self._claim.fencing_token,
            **arguments,
        )
        if answer.status_detail in FINAL and not answer.succeeded:
            raise LeaseLostError
        if answer.status_detail == "cancel-requested" and not answer.succeeded:
            raise CancelledError
        return refuse(answer)

"""Following one deployment to its end, and showing it the way the user asked for."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fraisier.cli.output import FAILED, OK, RUNNING, SKIPPED, Line, Output, Segment, duration
from fraisier.cli.output import printable as safe
from fraisier.domain.error_codes import ERROR_CODES
from fraisier.domain.errors import FraisierError
from fraisier.domain.targets import target_label

if TYPE_CHECKING:
    from fraisier.cli.signals import Withheld
    from fraisier.db.base import Database
    from fraisier.domain.values import Answer, FraiseConfig
    from fraisier.operations.follow import Follower
    from fraisier.wiring import Application

LEASE_SECONDS = 15
_PATIENCE_SECONDS = 1.0
_MARKS: Mapping[str, Segment] = {
    "started": RUNNING,
    "succeeded": OK,
    "failed": FAILED,
    "skipped": SKIPPED,
}

_HISTORY_HINT = "fraisier history {fraise} shows how it ended"
_LOGS_HINT = "fraisier logs {fraise} {environment} shows what the service printed"
# Where to look next, when the step that failed has recorded no way out.
_HINTS: Mapping[str, str] = {
    "provider-unavailable": "fraisier list shows the providers; local deploys to this machine",
    "health-check-failed": _LOGS_HINT,
    "switch-failed": _LOGS_HINT,
    "smoke-test-failed": _LOGS_HINT,
    "unknown-commit": "push it first, or name another one with --commit or --branch",
    "rollback-failed": "fraisier status {fraise} {environment} shows what serves; look at once",
}

Event = Mapping[str, Any]
Listener = Callable[[Event], None]


class DeploymentFailedError(FraisierError):
    """
    A deployment that ended otherwise than well; ``deployment`` is its last state.

    With ``interrupted``, a hint, it is the user who does not wait for its end.
    """

    def __init__(self, deployment: Mapping[str, Any], interrupted: str | None = None) -> None:
        code = deployment.get("error_code") or deployment.get("outcome") or ""
        message = deployment.get("error_message") or f"the deployment is {code}"
        if interrupted:
            code, message = "interrupted", "the operation was interrupted"
        super().__init__(
            message,
            code=code if code in ERROR_CODES else "deployment-failed",
            at=f"{deployment.get('fraise')}/{deployment.get('environment')}",
            hint=_hint(deployment, interrupted, code),
        )
        self.deployment = dict(deployment)


def _hint(deployment: Mapping[str, Any], interrupted: str | None, code: str) -> str:
    recorded = None if interrupted else _recorded(deployment)
    return recorded or (interrupted or _HINTS.get(code, _HISTORY_HINT)).format_map(deployment)


def _recorded(deployment: Mapping[str, Any]) -> str | None:
    """The way out that the last failed step knows, if its error is that of the deployment."""
    for step in reversed(deployment.get("steps") or ()):
        detail: Mapping[str, Any] = step.get("detail") or {}
        if step["state"] == "failed" and detail.get("code") == deployment.get("error_code"):
            hint: str | None = detail.get("hint")
            return hint
    return None


def follow_to_the_end(
    app: Application, db: Database, deployment_id: str, listen: Listener, signals: Withheld
) -> Mapping[str, Any]:
    """
    Wait until a deployment has ended; carry it out here when no observer is there.

    An environment that is busy with another deployment is waited for. Ctrl-C, SIGTERM
    and SIGHUP end a deployment that is carried out here, take back one that still waits
    and that nobody else would carry out, and leave one of an observer alone. ``signals``
    are withheld until here, so that none falls between the request and who takes it back.

    Raises:
        DeploymentFailedError: ``interrupted``.
        FraisierError: ``unknown-deployment``, ``lease-lost`` or a database error.
    """
    try:
        signals.release()
        return _followed(app, db, deployment_id, listen)
    except KeyboardInterrupt:
        raise _interrupted(db, deployment_id) from None


def _followed(
    app: Application, db: Database, deployment_id: str, listen: Listener
) -> Mapping[str, Any]:
    from fraisier.effects.clock import pause, ticks
    from fraisier.operations.follow import Follower
    from fraisier.operations.insisting import AWAY

    follower = Follower(db, deployment_id, listen)
    answered_at = ticks()
    while True:
        try:
            if ended := _ended(db, deployment_id):
                return ended
            _go_on(app, db, deployment_id, listen, follower)
            answered_at = ticks()
        except FraisierError as error:  # a database that restarts is waited for
            if error.code not in AWAY or ticks() - answered_at > LEASE_SECONDS:
                raise
            pause(_PATIENCE_SECONDS)


def _go_on(
    app: Application, db: Database, deployment_id: str, listen: Listener, follower: Follower
) -> None:
    """Follow the observer that is there, else carry it out, else wait for a moment."""
    from fraisier.operations.carry_out import carry_out
    from fraisier.operations.notify import Messenger

    if db.read("v_worker", {"alive": True}, limit=1):
        follower.follow()
        return
    name = worker_name("cli")
    try:
        with Messenger(lambda: app, name):
            done = carry_out(app, db, name, LEASE_SECONDS, deployment_id, listen)
    except FraisierError as error:
        if error.code != "not-claimable":
            raise
        done = None
    if done is None:
        db.wait(_PATIENCE_SECONDS)


def _interrupted(db: Database, deployment_id: str) -> DeploymentFailedError:
    from fraisier.operations.deploy import cancel_deployment

    deployment = db.read("v_deployment", {"id": deployment_id})[0]
    hint = "it has ended; fraisier history {fraise} shows how"
    if deployment["outcome"] in ("pending", "in_progress"):
        hint = "it goes on; fraisier cancel {id} stops it"
        if deployment["outcome"] == "pending" and not db.read("v_worker", {"alive": True}, limit=1):
            cancel_deployment(db, deployment_id, "Interrupted by the user.", None)
            deployment = db.read("v_deployment", {"id": deployment_id})[0]
            hint = "it was taken back before it began"
    return DeploymentFailedError(deployment, interrupted=hint)


def _ended(db: Database, deployment_id: str) -> Mapping[str, Any] | None:
    rows = db.read("v_deployment", {"id": deployment_id})
    if not rows:
        message = f'there is no deployment "{deployment_id}"'
        raise FraisierError(message, code="unknown-deployment")
    return None if rows[0]["outcome"] in ("pending", "in_progress") else rows[0]


def worker_name(role: str) -> str:
    """A name that no other worker has: role, host and process."""
    return f"{role}@{socket.gethostname()}:{os.getpid()}"


def show_heading(output: Output, verb: str, selected: FraiseConfig) -> None:
    """``Deploying my_api → production-eu (scaleway/fr-par)``."""
    environment = selected.environment
    label = target_label(environment.provider, environment.target)
    output.lines([[(f"{verb} {selected.name} → {environment.name}", "bold"), (f" ({label})", "")]])
    output.line()


def listener(output: Output) -> Listener:
    """What prints the events of a deployment as they happen."""
    if output.as_json:
        return lambda event: None if event.get("event") == "result" else output.document(event)
    return lambda event: output.lines(event_lines(event))


def event_lines(event: Event) -> list[Line]:
    """One event as text: a step with its mark, or a line of a build's output."""
    if event.get("event") == "log":
        return [[(f"    │ {safe(str(event.get('line') or event.get('message') or ''))}", "dim")]]
    if event.get("event") != "step":
        return []
    state = str(event.get("state"))
    text = safe(str(event.get("message") or event.get("step")))
    if state == "started":
        text = text.rstrip(".… ") + "..."
    return [[("  ", ""), _MARKS.get(state, SKIPPED), (f" {text}", "")]]


def show_requested(output: Output, answer: Answer) -> None:
    """The event that a deployment was asked for."""
    if output.as_json:
        output.document({"event": "requested", "deployment": answer.entity})


def show_result(output: Output, deployment: Mapping[str, Any], label: str) -> None:
    """
    The summary of an ended deployment.

    Raises:
        DeploymentFailedError: It did not end well; the caller's failure path shows the rest.
    """
    success = deployment["outcome"] == "success"
    if not output.as_json:
        output.lines(summary(deployment, label))
    if not success:
        raise DeploymentFailedError(deployment)
    if output.as_json:
        output.document(_success("success", "the deployment is successful", deployment))


def show_queued(output: Output, answer: Answer) -> None:
    """The result of ``--no-wait``: the request is in the database, nothing more."""
    if output.as_json:
        output.document(_success(answer.status_detail, answer.message, answer.entity))
    else:
        output.line([OK, (f" Requested: deployment {answer.entity_id}", "")])


def _success(code: str, message: str, deployment: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "event": "result",
        "success": True,
        "code": code,
        "message": message,
        "deployment": deployment,
        "error": None,
    }


def summary(deployment: Mapping[str, Any], label: str) -> list[Line]:
    """The lines after the steps: how it ended, versions, duration and target."""
    noun = "Rollback" if deployment.get("kind") == "rollback" else "Deployment"
    endings: dict[str, Line] = {
        "success": [OK, (f" {noun} successful!", "bold green")],
        "rolled_back": [FAILED, (f" {noun} failed and was rolled back", "bold red")],
        "cancelled": [SKIPPED, (f" {noun} cancelled", "bold")],
        "superseded": [SKIPPED, (f" {noun} superseded by a newer one", "bold")],
    }
    failed: Line = [FAILED, (f" {noun} failed", "bold red")]
    lines = ["", endings.get(str(deployment["outcome"]), failed)]
    version = _versions(deployment)
    took = duration(deployment.get("duration_seconds"))
    lines += [f"  Version: {version}"] if version else []
    lines += [f"  Duration: {took}"] if took else []
    return [*lines, f"  Target: {label}"]


def _versions(deployment: Mapping[str, Any]) -> str:
    old, new = deployment.get("old_version"), deployment.get("new_version")
    return " → ".join(safe(str(version)) for version in (old, new) if version)

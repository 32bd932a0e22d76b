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
    from fraisier.db.base import Database
    from fraisier.domain.values import Answer, FraiseConfig
    from fraisier.wiring import Application

LEASE_SECONDS = 30
_PATIENCE_SECONDS = 1.0
_MARKS: Mapping[str, Segment] = {
    "started": RUNNING,
    "succeeded": OK,
    "failed": FAILED,
    "skipped": SKIPPED,
}

Event = Mapping[str, Any]
Listener = Callable[[Event], None]


class DeploymentFailedError(FraisierError):
    """A deployment that ended otherwise than well; ``deployment`` is its last state."""

    def __init__(self, deployment: Mapping[str, Any]) -> None:
        code = deployment.get("error_code") or deployment.get("outcome") or ""
        super().__init__(
            deployment.get("error_message") or f"the deployment is {deployment.get('outcome')}",
            code=code if code in ERROR_CODES else "deployment-failed",
            at=f"{deployment.get('fraise')}/{deployment.get('environment')}",
            hint=f"fraisier history {deployment.get('fraise')} shows how it ended",
        )
        self.deployment = dict(deployment)


def follow_to_the_end(
    app: Application, db: Database, deployment_id: str, listen: Listener
) -> Mapping[str, Any]:
    """
    Wait until a deployment has ended; carry it out here when no observer is there.

    An environment that is busy with another deployment is waited for.

    Raises:
        FraisierError: ``unknown-deployment``, ``lease-lost`` or a database error.
    """
    from fraisier.operations.carry_out import carry_out
    from fraisier.operations.follow import follow_deployment

    while not (ended := _ended(db, deployment_id)):
        if db.read("v_worker", {"alive": True}, limit=1):
            return follow_deployment(db, deployment_id, listen)
        try:
            done = carry_out(app, db, worker_name("cli"), LEASE_SECONDS, deployment_id, listen)
        except FraisierError as error:
            if error.code != "not-claimable":
                raise
            done = None
        if done is None:
            db.wait(_PATIENCE_SECONDS)
    return ended


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

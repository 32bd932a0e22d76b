"""Steps that ask the database for something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_bdd import parsers, step

from conform.steps.database_registry import records
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]
DEPLOYMENT = r"(?P<deployment>\S+)"
PLACE = r"(?P<fraise>[^\s/]+)/(?P<environment>[^\s/]+)"


def optional(name: str, before: str, pattern: str = r"\S+") -> str:
    """An optional ending of a step: a few words and then a value."""
    return f"(?: {before} (?P<{name}>{pattern}))?"


@step(parsers.parse("{function} is asked with:"))
def ask(db: DatabaseWorld, function: str, datatable: Table) -> None:
    """Any function with any arguments: one row under a heading."""
    (record,) = records(datatable)
    db.call(function, **{name: db.read(text) for name, text in record.items()})


@step("the last call is repeated with the same command id")
def repeat(db: DatabaseWorld) -> None:
    """The very same call again."""
    db.remembered["first answer"] = db.answer
    function, arguments = db.last_call
    db.call(function, **arguments)


@step(
    parsers.re(
        rf'"(?P<actor>[^"]*)" requests a deployment of {PLACE}'
        + optional("commit", "at")
        + optional("trigger", "by")
        + r"(?P<force>, forced)?"
        + optional("name", "as")
    )
)
def request_deployment(
    db: DatabaseWorld,
    actor: str,
    fraise: str,
    environment: str,
    commit: str | None,
    trigger: str | None,
    force: str | None,
    name: str | None,
) -> None:
    """Queue a deployment, and give it a name."""
    db.call(
        "fn_request_deployment",
        fraise=fraise,
        environment=environment,
        dry_run=False,
        force=force is not None,
        trigger_type=trigger or "manual",
        git_branch=None,
        git_commit=commit,
        actor=actor,
    )
    remember(db, name)


@step(
    parsers.re(
        rf'"(?P<actor>[^"]*)" requests a rollback of {PLACE}'
        + optional("version", "to")
        + r"(?P<force>, forced)?"
        + optional("name", "as")
    )
)
def request_rollback(
    db: DatabaseWorld,
    actor: str,
    fraise: str,
    environment: str,
    version: str | None,
    force: str | None,
    name: str | None,
) -> None:
    """Queue a rollback, and give it a name."""
    db.call(
        "fn_request_rollback",
        fraise=fraise,
        environment=environment,
        to_version=version,
        trigger_type="manual",
        actor=actor,
        force=force is not None,
    )
    remember(db, name)


def remember(db: DatabaseWorld, name: str | None) -> None:
    """Give the entity of the answer a name of the scenario."""
    if name is not None and db.answer["entity_id"] is not None:
        db.names[name] = str(db.answer["entity_id"])


@step(
    parsers.re(rf'"(?P<worker>[^"]*)" claims {DEPLOYMENT}' + optional("seconds", "for", r"-?\d+"))
)
def claim(db: DatabaseWorld, worker: str, deployment: str, seconds: str | None) -> None:
    """Claim one deployment, or ``anything``."""
    wanted = None if deployment == "anything" else db.identity(deployment)
    db.call(
        "fn_claim_deployment",
        worker=worker,
        lease_seconds=60 if seconds is None else int(seconds),
        deployment_id=wanted,
    )
    metadata: dict[str, Any] = db.answer["metadata"] or {}
    if "fencing_token" in metadata:
        db.tokens[worker, str(db.answer["entity_id"])] = metadata["fencing_token"]


@step(
    parsers.re(rf'"(?P<worker>[^"]*)" renews {DEPLOYMENT}' + optional("seconds", "for", r"-?\d+"))
)
def renew(db: DatabaseWorld, worker: str, deployment: str, seconds: str | None) -> None:
    """Send a heartbeat with the worker's newest token."""
    db.call(
        "fn_heartbeat",
        deployment_id=db.identity(deployment),
        worker=worker,
        fencing_token=db.token(worker, deployment),
        lease_seconds=120 if seconds is None else int(seconds),
    )


@step(
    parsers.re(
        rf'"(?P<worker>[^"]*)" reports "(?P<step>[^"]*)" of {DEPLOYMENT} as (?P<state>\S+)'
        + optional("progress", "at", r"-?\d+")
        + optional("message", "saying", r".+")
    )
)
def record_step(
    db: DatabaseWorld,
    worker: str,
    step: str,
    deployment: str,
    state: str,
    progress: str | None,
    message: str | None,
) -> None:
    """Record a step of a deployment."""
    db.call(
        "fn_record_step",
        deployment_id=db.identity(deployment),
        fencing_token=db.token(worker, deployment),
        step=step,
        state=state,
        progress=None if progress is None else int(progress),
        message=message,
        detail=None,
    )


@step(
    parsers.re(
        rf'"(?P<worker>[^"]*)" records release "(?P<version>[^"]*)" of {DEPLOYMENT}'
        r" at (?P<commit>\S+)"
    )
)
def record_release(
    db: DatabaseWorld, worker: str, version: str, deployment: str, commit: str
) -> None:
    """Say which version and commit a deployment is."""
    db.call(
        "fn_record_release",
        deployment_id=db.identity(deployment),
        fencing_token=db.token(worker, deployment),
        version=version,
        git_commit=db.read(commit),
        artifact_digest="sha256:feed",
        config={"port": 8000},
        migration_head="0007",
    )


@step(
    parsers.re(
        rf'"(?P<worker>[^"]*)" completes {DEPLOYMENT} as (?P<status>\S+)'
        + optional("health", "and")
        + optional("code", "with")
        + optional("message", "because", ".*")
    )
)
def complete(
    db: DatabaseWorld,
    worker: str,
    deployment: str,
    status: str,
    health: str | None,
    code: str | None,
    message: str | None,
) -> None:
    """End a deployment."""
    db.call(
        "fn_complete_deployment",
        deployment_id=db.identity(deployment),
        fencing_token=db.token(worker, deployment),
        status=status,
        health=health,
        error_code=code,
        error_message=message,
        details=None,
    )


@step(parsers.re(rf'"(?P<actor>[^"]*)" cancels {DEPLOYMENT}'))
def cancel(db: DatabaseWorld, actor: str, deployment: str) -> None:
    """Ask for the end of a deployment."""
    db.call(
        "fn_cancel_deployment",
        deployment_id=db.identity(deployment),
        reason="changed my mind",
        actor=actor,
    )


@step("expired leases are reaped")
def reap(db: DatabaseWorld) -> None:
    """Fail what lost its worker for good."""
    db.call("fn_reap_expired_leases")


@step(parsers.re(rf'the health of {PLACE} is recorded as "(?P<status>[^"]*)"'))
def record_health(db: DatabaseWorld, fraise: str, environment: str, status: str) -> None:
    """Say what a health check saw."""
    db.call(
        "fn_record_health",
        fraise=fraise,
        environment=environment,
        status=status,
        message="seen by a probe",
    )


@step(
    parsers.re(
        r'the observer "(?P<worker>[^"]*)" says "(?P<state>[^"]*)"'
        + optional("seconds", "for", r"-?\d+")
    )
)
def record_worker(db: DatabaseWorld, worker: str, state: str, seconds: str | None) -> None:
    """An observer comes or goes."""
    db.call(
        "fn_record_worker",
        worker=worker,
        state=state,
        lease_seconds=30 if seconds is None else int(seconds),
    )

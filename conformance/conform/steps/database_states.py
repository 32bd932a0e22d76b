"""Set-ups: deployments that have come somewhere, leases that have aged."""

from __future__ import annotations

import json

from pytest_bdd import parsers, step

from conform.steps.database_calls import (
    DEPLOYMENT,
    PLACE,
    claim,
    complete,
    optional,
    record_release,
    record_step,
    request_deployment,
    request_rollback,
)
from conform.steps.database_past import age_lease
from conform.steps.database_world import DatabaseWorld


def _went_well(db: DatabaseWorld) -> None:
    assert db.answer["succeeded"], f"the set-up was refused: {db.answer}"


def wait(db: DatabaseWorld, name: str, fraise: str, environment: str, commit: str | None) -> None:
    """A deployment that waits."""
    request_deployment(db, "setup", fraise, environment, commit, None, None, name)
    _went_well(db)


def run(db: DatabaseWorld, name: str, fraise: str, environment: str, worker: str) -> None:
    """A deployment that a worker has claimed."""
    wait(db, name, fraise, environment, "abc0001")
    claim(db, worker, name, None)
    _went_well(db)


@step(parsers.re(rf"{DEPLOYMENT} of {PLACE} is waiting" + optional("commit", "at")))
def deployment_waits(
    db: DatabaseWorld, deployment: str, fraise: str, environment: str, commit: str | None
) -> None:
    """A pending deployment called by a name."""
    wait(db, deployment, fraise, environment, commit)


@step(parsers.re(rf'{DEPLOYMENT} of {PLACE} is running under "(?P<worker>[^"]*)"'))
def deployment_runs(
    db: DatabaseWorld, deployment: str, fraise: str, environment: str, worker: str
) -> None:
    """A claimed deployment called by a name."""
    run(db, deployment, fraise, environment, worker)


@step(
    parsers.re(
        rf"{DEPLOYMENT} of {PLACE} has released (?P<version>\S+) at (?P<commit>\S+)"
        r"(?P<force> by force)?"
    )
)
def deployment_has_released(
    db: DatabaseWorld,
    deployment: str,
    fraise: str,
    environment: str,
    version: str,
    commit: str,
    force: str | None,
) -> None:
    """A deployment that went through and left a release."""
    request_deployment(db, "setup", fraise, environment, commit, None, force, deployment)
    claim(db, "setup", deployment, None)
    record_release(db, "setup", version, deployment, commit)
    finish(db, deployment)


@step(
    parsers.re(
        rf"{DEPLOYMENT} of {PLACE} has rolled back"
        + optional("version", "to")
        + r"(?P<force> by force)?"
    )
)
def rollback_is_done(
    db: DatabaseWorld,
    deployment: str,
    fraise: str,
    environment: str,
    version: str | None,
    force: str | None,
) -> None:
    """A rollback that went through."""
    request_rollback(db, "setup", fraise, environment, version, force, deployment)
    _went_well(db)
    claim(db, "setup", deployment, None)
    target = db.answer["metadata"]["target_release"]
    record_release(db, "setup", target["version"], deployment, target["git_commit"])
    finish(db, deployment)


def finish(db: DatabaseWorld, deployment: str) -> None:
    """Switch, and complete as a healthy success."""
    record_step(db, "setup", "switch", deployment, "started", None, None)
    record_step(db, "setup", "switch", deployment, "succeeded", None, None)
    complete(db, "setup", deployment, "success", "healthy", None, None)
    _went_well(db)


@step(parsers.re(rf"{DEPLOYMENT} of {PLACE} has failed" + optional("commit", "at")))
def deployment_has_failed(
    db: DatabaseWorld, deployment: str, fraise: str, environment: str, commit: str | None
) -> None:
    """A deployment that failed before it had a release."""
    wait(db, deployment, fraise, environment, commit)
    claim(db, "setup", deployment, None)
    complete(db, "setup", deployment, "failed", None, "build-failed", "no luck")
    _went_well(db)


@step(
    parsers.re(
        rf"{DEPLOYMENT} of {PLACE} has failed with release (?P<version>\S+) at (?P<commit>\S+)"
    )
)
def deployment_has_failed_late(
    db: DatabaseWorld, deployment: str, fraise: str, environment: str, version: str, commit: str
) -> None:
    """A deployment that failed after it had recorded its release."""
    wait(db, deployment, fraise, environment, commit)
    claim(db, "setup", deployment, None)
    record_release(db, "setup", version, deployment, commit)
    complete(db, "setup", deployment, "failed", None, "health-check-failed", "no luck")
    _went_well(db)


@step(
    parsers.re(rf'{DEPLOYMENT} of {PLACE} is on attempt (?P<attempt>\d) under "(?P<worker>[^"]*)"')
)
def deployment_is_on_attempt(
    db: DatabaseWorld, deployment: str, fraise: str, environment: str, attempt: str, worker: str
) -> None:
    """A deployment that has been taken over until it is on its nth attempt."""
    run(db, deployment, fraise, environment, worker)
    for _ in range(1, int(attempt)):
        age_lease(db, fraise, environment)
        claim(db, worker, deployment, None)
        _went_well(db)


@step(
    parsers.re(
        rf'"(?P<worker>[^"]*)" has failed at "(?P<name>[^"]*)" of {DEPLOYMENT}'
        r' with (?P<code>\S+)( and the hint "(?P<hint>[^"]*)")?'
    )
)
def step_has_failed(
    db: DatabaseWorld, worker: str, name: str, deployment: str, code: str, hint: str | None
) -> None:
    """A step that failed with a code, and perhaps with a way out."""
    record_step(db, worker, name, deployment, "started", None, None)
    detail = {"code": code} if hint is None else {"code": code, "hint": hint}
    db.call(
        "fn_record_step",
        deployment_id=db.identity(deployment),
        fencing_token=db.token(worker, deployment),
        step=name,
        state="failed",
        detail=json.dumps(detail),
    )
    _went_well(db)

"""Steps about what deployments do to the databases of fraises."""

from __future__ import annotations

from pytest_bdd import parsers, step

from conform.steps.database_calls import (
    DEPLOYMENT,
    PLACE,
    claim,
    complete,
    record_release,
    request_deployment,
)
from conform.steps.database_states import finish
from conform.steps.database_world import DatabaseWorld

KIND = r"an? (?P<kind>compatible|breaking) migration"


@step(parsers.re(rf'"(?P<worker>[^"]*)" records {KIND} to "(?P<head>[^"]*)" of {DEPLOYMENT}'))
def record_migration(db: DatabaseWorld, worker: str, kind: str, head: str, deployment: str) -> None:
    """Say where the database of the fraise is now, and whether older code runs on it."""
    db.call(
        "fn_record_migration",
        deployment_id=db.identity(deployment),
        fencing_token=db.token(worker, deployment),
        migration_head=head,
        backward_compatible=kind == "compatible",
        detail={"ran": [head]},
    )


def migrate(db: DatabaseWorld, kind: str, version: str, deployment: str, commit: str) -> None:
    """Claim a deployment that waits, record its release and a migration called like it."""
    claim(db, "setup", deployment, None)
    record_release(db, "setup", version, deployment, commit)
    record_migration(db, "setup", kind, f"schema-{version}", deployment)
    assert db.answer["succeeded"], f"the set-up was refused: {db.answer}"


@step(
    parsers.re(
        rf"{DEPLOYMENT} of {PLACE} has released (?P<version>\S+) at (?P<commit>\S+) with {KIND}"
    )
)
def released_with_migration(
    db: DatabaseWorld,
    deployment: str,
    fraise: str,
    environment: str,
    version: str,
    commit: str,
    kind: str,
) -> None:
    """A deployment that migrated and went through."""
    request_deployment(db, "setup", fraise, environment, commit, None, None, deployment)
    migrate(db, kind, version, deployment, commit)
    finish(db, deployment)


@step(
    parsers.re(
        rf"{DEPLOYMENT} of {PLACE} has failed with release (?P<version>\S+) at (?P<commit>\S+)"
        rf" and {KIND}"
    )
)
def failed_with_migration(
    db: DatabaseWorld,
    deployment: str,
    fraise: str,
    environment: str,
    version: str,
    commit: str,
    kind: str,
) -> None:
    """A deployment that migrated and came to nothing."""
    request_deployment(db, "setup", fraise, environment, commit, None, None, deployment)
    migrate(db, kind, version, deployment, commit)
    complete(db, "setup", deployment, "failed", None, "health-check-failed", "no luck")
    assert db.answer["succeeded"], f"the set-up was refused: {db.answer}"

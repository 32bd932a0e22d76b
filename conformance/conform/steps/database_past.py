"""Set-ups that write tables by hand: what only time, or a fault, brings about."""

from __future__ import annotations

from pytest_bdd import parsers, step

from conform.steps.database_calls import DEPLOYMENT, PLACE
from conform.steps.database_world import DatabaseWorld

LONG_AGO = "2020-01-01T00:00:00.000Z"


def _of_place(fraise: str, environment: str) -> str:
    return (
        "fk_environment = (SELECT fk_environment FROM tb_fraise_state"
        f" WHERE fraise = '{fraise}' AND environment = '{environment}')"
    )


def ago(db: DatabaseWorld, number: int, unit: str = "days") -> str:
    """SQL for a time in the past."""
    if db.scratch.dialect == "sqlite":
        return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{number} {unit}')"
    return f"clock_timestamp() - interval '{number} {unit}'"


def _deployment(db: DatabaseWorld, deployment: str, assignment: str) -> None:
    identity = db.identity(deployment)
    db.set_up(f"UPDATE tb_deployment SET {assignment} WHERE id = '{identity}'")


@step(parsers.re(rf"the lease of {PLACE} has expired"))
def age_lease(db: DatabaseWorld, fraise: str, environment: str) -> None:
    """Move the end of the lease into the past."""
    where = _of_place(fraise, environment)
    db.set_up(
        f"UPDATE tb_lease SET expires_at = '{LONG_AGO}', acquired_at = '{LONG_AGO}' WHERE {where}"
    )


@step(parsers.re(rf"the lease of {PLACE} has been released"))
def release_lease(db: DatabaseWorld, fraise: str, environment: str) -> None:
    """A lease that was given back while its deployment goes on (no function does this)."""
    where = _of_place(fraise, environment)
    db.set_up(f"UPDATE tb_lease SET released_at = '{LONG_AGO}' WHERE {where}")


@step(parsers.re(rf"the current version of {PLACE} is changed to (?P<version>\S+)"))
def change_version(db: DatabaseWorld, fraise: str, environment: str, version: str) -> None:
    """A state that somebody has changed meanwhile."""
    where = _of_place(fraise, environment)
    db.set_up(f"UPDATE tb_fraise_state SET current_version = '{version}' WHERE {where}")


@step(parsers.re(rf"{DEPLOYMENT} was started (?P<days>\d+) days ago"))
def age_start(db: DatabaseWorld, deployment: str, days: str) -> None:
    """Move the start of a deployment into the past."""
    _deployment(db, deployment, f"started_at = {ago(db, int(days))}")


@step(parsers.re(rf"{DEPLOYMENT} took (?P<seconds>\d+) seconds"))
def set_duration(db: DatabaseWorld, deployment: str, seconds: str) -> None:
    """Give an ended deployment a known duration."""
    _deployment(db, deployment, f"duration_seconds = {seconds}")


@step(parsers.re(rf"the cutover of {DEPLOYMENT} was long ago"))
def age_cutover(db: DatabaseWorld, deployment: str) -> None:
    """Move the cutover into the past."""
    _deployment(db, deployment, f"cutover_at = '{LONG_AGO}'")


@step(parsers.re(rf"a cancel of {DEPLOYMENT} was requested all the same"))
def request_cancel(db: DatabaseWorld, deployment: str) -> None:
    """A request to cancel that came just before the cutover."""
    _deployment(db, deployment, f"cancel_requested_at = '{LONG_AGO}'")


@step(parsers.re(rf"{DEPLOYMENT} was requested long ago"))
def age_request(db: DatabaseWorld, deployment: str) -> None:
    """Move the request of a deployment into the past."""
    identity = db.identity(deployment)
    db.set_up(
        f"UPDATE tb_deployment_request SET requested_at = '{LONG_AGO}' WHERE pk_deployment_request"
        f" = (SELECT fk_request FROM tb_deployment WHERE id = '{identity}')"
    )


@step("the removals were long ago")
def age_removals(db: DatabaseWorld) -> None:
    """Move what was removed from the registry into the past."""
    for table in ("tb_fraise", "tb_environment", "tb_notification_channel"):
        db.set_up(f"UPDATE {table} SET removed_at = '{LONG_AGO}' WHERE removed_at IS NOT NULL")


@step("the releases were deployed long ago")
def age_releases(db: DatabaseWorld) -> None:
    """Move the time at which releases began to serve into the past."""
    db.set_up(
        f"UPDATE tb_release SET deployed_at = '{LONG_AGO}', created_at = '{LONG_AGO}'"
        " WHERE deployed_at IS NOT NULL"
    )


@step(parsers.re(r'the observer "(?P<worker>[^"]*)" was last heard of long ago'))
def age_worker(db: DatabaseWorld, worker: str) -> None:
    """Move the end of an observer's time into the past."""
    db.set_up(
        f"UPDATE tb_worker SET expires_at = '{LONG_AGO}', last_seen_at = '{LONG_AGO}'"
        f" WHERE worker = '{worker}'"
    )

"""Jobs on this machine: what the scheduler is told, and what it has written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig, Job, JobStatus
from fraisier.effects.backup import VARIABLE
from fraisier.effects.files import read_json
from fraisier.effects.service_folder import ServiceFolder
from fraisier.providers.backup_settings import backup_settings


def snapshot(fraise: FraiseConfig) -> dict[str, Any]:
    """What of a fraise belongs to a release: command or jobs, and the variables."""
    variables = {"variables": dict(fraise.environment.variables)}
    if fraise.has_service:
        return {"command": list(fraise.environment.target["command"]), **variables}
    return {"jobs": [_order(job) for job in fraise.environment.jobs], **variables}


def what_runs(snapshot: Mapping[str, Any], fraise: FraiseConfig, home: Path) -> dict[str, Any]:
    """Which program serves the folder, and what of; ``idle`` when there is nothing to run."""
    if "command" in snapshot:
        return {"state": "running", "argv": snapshot["command"]}
    if not snapshot["jobs"]:
        return {"state": "idle"}
    jobs = [_settled(job, fraise, home) for job in snapshot["jobs"]]
    return {"state": "running", "program": "scheduler", "jobs": jobs}


def newest_log(service: ServiceFolder) -> Path:
    """The log of what runs all the time; without such a log that of the newest script."""
    runs = [] if service.log.exists() else list((service.path / "runs").glob("*.log"))
    return max(runs, key=lambda path: path.stat().st_mtime, default=service.log)


def statuses(fraise: FraiseConfig, service: ServiceFolder) -> tuple[JobStatus, ...]:
    """One for every job that is configured, also when it never ran."""
    known: dict[str, Any] = (read_json(service.path / "jobs.json") or {}).get("jobs", {})
    alive = service.status().running
    return tuple(
        _status(fraise, job, known.get(job.name, {}), alive) for job in fraise.environment.jobs
    )


def refuse_idle(fraise: FraiseConfig, desired: Mapping[str, Any]) -> None:
    """
    Only what was deployed and runs all the time can be stopped and started.

    Raises:
        FraisierError: ``not-deployed``, ``invalid-argument``.
    """
    if not desired:
        raise FraisierError(f"{fraise.label} has never been deployed", code="not-deployed")
    if desired["state"] == "idle":
        message = f"nothing of {fraise.label} runs all the time"
        raise FraisierError(message, code="invalid-argument")


def _status(fraise: FraiseConfig, job: Job, known: Mapping[str, Any], alive: bool) -> JobStatus:
    error = known.get("last_error")
    return JobStatus(
        name=job.name,
        running=alive and bool(known.get("running")),
        last_run_at=known.get("last_run_at"),
        last_ended_at=known.get("last_ended_at"),
        last_exit_status=known.get("last_exit_status"),
        last_error=None if error is None else redact(error, fraise.secrets),
        next_run_at=known.get("next_run_at") if alive else None,
    )


def _order(job: Job) -> dict[str, Any]:
    order: dict[str, Any] = {
        "name": job.name,
        "schedule": job.schedule,
        "depends_on": job.depends_on,
        "timeout_seconds": job.timeout,
    }
    return {**order, **({"argv": list(job.script)} if job.script else {"program": "backup"})}


def _settled(job: Mapping[str, Any], fraise: FraiseConfig, home: Path) -> dict[str, Any]:
    """A backup is made with the address of today: it is no part of a release."""
    if "program" not in job:
        return dict(job)
    settings = json.dumps(backup_settings(fraise, home)._asdict())
    return {**job, "environment": {VARIABLE: settings}}

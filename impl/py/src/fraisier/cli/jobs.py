"""Jobs as ``list`` and ``status`` show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fraisier.cli.output import first_line, moment
from fraisier.domain.targets import KNOWN_TARGETS

if TYPE_CHECKING:
    from fraisier.config import Config
    from fraisier.domain.values import FraiseConfig, Job, JobStatus

_KNOWN = (
    "running", "last_run_at", "last_ended_at", "last_exit_status", "last_error", "next_run_at",
)  # fmt: skip


def known_jobs(config: Config, selected: FraiseConfig) -> Mapping[str, JobStatus]:
    """What is known of the jobs' runs, by name; where nothing was deployed nothing is."""
    if not config.here:
        return {}
    target = KNOWN_TARGETS.get(selected.environment.provider)
    if not selected.environment.jobs or (target is not None and not target.tells_jobs):
        return {}
    from fraisier.wiring import STATE_FOLDER

    state_folder = config.path.absolute().parent / STATE_FOLDER
    if not state_folder.is_dir():
        return {}
    from fraisier.operations.jobs import job_statuses

    return job_statuses(state_folder, selected)


def document(job: Job, known: JobStatus | None) -> dict[str, Any]:
    """The ``job`` of ``spec/cli.yaml``."""
    facts = {key: getattr(known, key) if known else None for key in _KNOWN}
    facts["running"] = bool(facts["running"])
    return {
        "name": job.name,
        "schedule": job.schedule,
        "depends_on": job.depends_on,
        **facts,
    }


def label(job: Job) -> str:
    """Name and when it runs."""
    return f"{job.name} ({job.schedule or f'after {job.depends_on}'})"


def runs(known: JobStatus | None) -> str:
    """The newest run and the next one; empty when nothing is known."""
    if known is None:
        return ""
    parts = ["runs now"] if known.running else []
    if known.last_run_at is not None and not known.running:
        parts.append(f"last {moment(known.last_run_at)} {_ending(known)}")
    elif known.last_error is not None and not known.running:
        parts.append(f"unknown: {first_line(known.last_error)}")
    if known.next_run_at is not None:
        parts.append(f"next {moment(known.next_run_at)}")
    return ", ".join(parts)


def _ending(known: JobStatus) -> str:
    if known.last_exit_status == 0:
        return "ok"
    return f"failed: {first_line(known.last_error or 'nobody saw it end')}"

"""
Jobs as units of systemd: pure functions from the configuration to the text of files.

A job becomes ``NAME.service`` (one run, never two at once) and, with a schedule,
``NAME.timer``. What it depends on leaves a file when it has succeeded and takes it away
when it begins: the dependent job only starts while that file is there, and waits for a
run that is going on. Without a schedule it is started by the success itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from fraisier.domain.cron import Schedule, parse_cron
from fraisier.domain.values import FraiseConfig, Job
from fraisier.providers.systemd_service import plain, quoted

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MARK = "# Written by Fraisier; changes are lost with the next deployment."


def job_unit_name(fraise: FraiseConfig, job: str) -> str:
    """The name of a job's units without their ending; the same in every release."""
    return f"fraisier-{fraise.name}-{fraise.environment.name}-job-{job}"


def job_units(
    fraise: FraiseConfig,
    folder: str,
    *,
    environment_file: str | None = None,
    state_folder: str | None = None,
    user: str | None = None,
) -> dict[str, str]:
    """
    File name → text of every unit of the environment's jobs.

    ``folder`` is the working folder on the host (the ``current`` link). The environment
    file is read when it is there. ``state_folder`` keeps who has succeeded; it must be
    there, may be written by ``user`` and is ``<folder>/../jobs`` unless given. ``user``
    stays away in units of a user's own manager.
    """
    state = state_folder or str(PurePosixPath(folder).parent / "jobs")
    units: dict[str, str] = {}
    for job in scripted(fraise):
        name = job_unit_name(fraise, job.name)
        units[f"{name}.service"] = _service(fraise, job, folder, state, environment_file, user)
        if job.schedule is not None:
            units[f"{name}.timer"] = _timer(fraise, job)
    return units


def scripted(fraise: FraiseConfig) -> tuple[Job, ...]:
    """The jobs that run a script of the fraise, not Fraisier itself."""
    return tuple(job for job in fraise.environment.jobs if job.script)


def on_calendar(expression: str) -> tuple[str, ...]:
    """
    The same moments in systemd's words; two lines when one of two kinds of day is enough.

    Raises:
        ValueError: It is no cron expression.
    """
    schedule = parse_cron(expression)
    every = schedule._replace(weekdays=tuple(range(7)))
    if not schedule.either_day:
        return (_calendar(schedule),)
    return (_calendar(every), _calendar(schedule._replace(days=tuple(range(1, 32)))))


def _calendar(schedule: Schedule) -> str:
    weekdays = ",".join(_WEEKDAYS[day] for day in schedule.weekdays)
    months, days = _part(schedule.months, 12), _part(schedule.days, 31)
    hours, minutes = _part(schedule.hours, 24), _part(schedule.minutes, 60)
    date = f"*-{months}-{days} {hours}:{minutes}:00"
    return date if len(schedule.weekdays) == len(_WEEKDAYS) else f"{weekdays} {date}"


def _part(values: Sequence[int], size: int) -> str:
    return "*" if len(values) == size else ",".join(f"{value:02}" for value in values)


def _service(
    fraise: FraiseConfig,
    job: Job,
    folder: str,
    state: str,
    environment_file: str | None,
    user: str | None,
) -> str:
    done = f"{state}/{job.name}.succeeded"
    unit = [("Description", f"{fraise.label}: job {job.name}")]
    if job.depends_on is not None:
        unit.append(("After", f"{job_unit_name(fraise, job.depends_on)}.service"))
        unit.append(("ConditionPathExists", f"{state}/{job.depends_on}.succeeded"))
    unit += [("OnSuccess", f"{name}.service") for name in _followers(fraise, job)]
    service = [
        ("Type", "oneshot"),
        ("WorkingDirectory", plain(folder)),
        *([("User", user)] if user else []),
        *([("EnvironmentFile", plain(f"-{environment_file}"))] if environment_file else []),
        ("ExecStartPre", _command(["rm", "-f", done])),
        ("ExecStart", _command(job.script)),
        ("ExecStartPost", _command(["touch", done])),
        ("TimeoutStartSec", f"{job.timeout:g}"),
        ("KillMode", "control-group"),
    ]
    return _text({"Unit": [(key, plain(value)) for key, value in unit], "Service": service})


def _followers(fraise: FraiseConfig, job: Job) -> Iterable[str]:
    for other in scripted(fraise):
        if other.depends_on == job.name and other.schedule is None:
            yield job_unit_name(fraise, other.name)


def _timer(fraise: FraiseConfig, job: Job) -> str:
    assert job.schedule is not None
    timer = [("OnCalendar", line) for line in on_calendar(job.schedule)]
    timer += [("Persistent", "true"), ("AccuracySec", "1s")]
    unit = [("Description", plain(f"{fraise.label}: {job.schedule} for {job.name}"))]
    return _text({"Unit": unit, "Timer": timer, "Install": [("WantedBy", "timers.target")]})


def _text(sections: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    parts = [MARK]
    for name, lines in sections.items():
        parts.append("\n".join([f"[{name}]", *(f"{key}={value}" for key, value in lines)]))
    return "\n\n".join(parts) + "\n"


def _command(argv: Sequence[str]) -> str:
    """
    An argument list in systemd's quotes, taken literally: nothing is expanded.

    ``env`` looks the program up on the path and in the working folder's scripts; systemd
    itself takes absolute paths only.
    """
    return "/usr/bin/env -- " + " ".join(quoted(word) for word in argv)

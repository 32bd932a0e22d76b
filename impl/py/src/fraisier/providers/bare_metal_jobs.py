"""When the jobs of a target ran: what systemd on its hosts knows of their units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig, JobStatus
from fraisier.effects.moments import as_text
from fraisier.effects.process import Completed
from fraisier.providers.bare_metal_hands import Hands
from fraisier.providers.bare_metal_scripts import JOBS
from fraisier.providers.systemd_jobs import job_unit_name, scripted

LOOK_SECONDS = 15.0
_EXITED = "1"  # of ExecMainCode: not killed by a signal
_BUSY = ("activating", "active", "reloading", "deactivating")


def look_at_jobs(hands: Hands) -> tuple[JobStatus, ...]:
    """When the jobs ran, as the hosts know it; a host that cannot be asked is told."""
    fraise, words = hands.target.fraise, unit_words(hands.target.fraise)
    try:
        found = {
            host.name: read_statuses(hands.act(host, JOBS, words, LOOK_SECONDS))
            for host in hands.target.hosts
        }
    except FraisierError as error:  # not taken for hosts where nothing ever ran
        text = error.message.partition("\n")[0]
        return tuple(JobStatus(job.name, last_error=text) for job in scripted(fraise))
    return tuple(joined(fraise, found))


def unit_words(fraise: FraiseConfig) -> list[str]:
    """The parameters of the script ``JOBS``: job and unit in turn."""
    jobs = (job.name for job in scripted(fraise))
    return [word for name in jobs for word in (name, job_unit_name(fraise, name))]


def read_statuses(done: Completed) -> dict[str, JobStatus]:
    """What one host says of its jobs, by name; nothing of those that it does not have."""
    found: dict[str, JobStatus] = {}
    for name, facts in _parts(done.stdout.splitlines()):
        if facts.get("LoadState") == "loaded":
            found[name] = _status(name, facts)
    return found


def _parts(lines: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    name, facts = "", dict[str, str]()
    for line in [*lines, "Job="]:
        key, _, value = line.partition("=")
        if key != "Job":
            facts[key] = value
            continue
        if name:
            yield name, facts
        name, facts = value, {}


def _status(name: str, facts: Mapping[str, str]) -> JobStatus:
    running = facts.get("ActiveState") in _BUSY
    began, ended = (_moment(facts.get(f"ExecMain{at}Timestamp")) for at in ("Start", "Exit"))
    next_run = _moment(facts.get("NextElapseUSecRealtime"))
    if began is None and facts.get("Succeeded"):  # before the host started anew
        began = ended = as_text(float(facts["Succeeded"]))
        return JobStatus(name, running, began, ended, 0, None, next_run)
    status, error = (None, None) if ended is None or running else _ending(facts)
    return JobStatus(name, running, began, ended, status, error, next_run)


def _ending(facts: Mapping[str, str]) -> tuple[int, str | None]:
    number, result = int(facts.get("ExecMainStatus") or 0), facts.get("Result", "success")
    killed = facts.get("ExecMainCode", _EXITED) != _EXITED
    if result == "success":
        return number, None
    how = f"was killed by signal {number}" if killed else f"ended with exit status {number}"
    return -number if killed else number, how if result == "exit-code" else f"{how} ({result})"


def _moment(text: str | None) -> str | None:
    """``Tue 2026-01-13 10:00:00 UTC`` as everywhere else; systemd says n/a or nothing too."""
    words = (text or "").split()
    if len(words) != 4:
        return None
    shown = datetime.strptime(f"{words[1]} {words[2]}", "%Y-%m-%d %H:%M:%S")
    return as_text(shown.replace(tzinfo=UTC).timestamp())


def joined(fraise: FraiseConfig, hosts: Mapping[str, Mapping[str, JobStatus]]) -> list[JobStatus]:
    """
    One status for every job that any host has. Of several hosts the worst newest run
    counts, and the next run is the first of all.
    """
    shown: list[JobStatus] = []
    for job in scripted(fraise):
        each = {host: known[job.name] for host, known in hosts.items() if job.name in known}
        if not each:
            continue
        host = max(each, key=lambda name: _badness(each[name]))
        worst, upcoming = each[host], [s.next_run_at for s in each.values() if s.next_run_at]
        error = worst.last_error
        if error is not None and len(hosts) > 1:
            error = f"{host}: {error}"
        shown.append(
            worst._replace(
                running=any(status.running for status in each.values()),
                next_run_at=min(upcoming, default=None),
                last_error=error,
            )
        )
    return shown


def _badness(status: JobStatus) -> tuple[bool, str]:
    return status.last_exit_status not in (None, 0), status.last_run_at or ""

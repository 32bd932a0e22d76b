"""What systemd on hosts says of jobs, read and put together."""

from __future__ import annotations

from fraisier.domain.values import Environment, Fraise, FraiseConfig, Job, JobStatus
from fraisier.effects.process import Completed
from fraisier.providers.bare_metal_jobs import joined, read_statuses, unit_words

SAID = """Job=dump
Result=exit-code
ExecMainStartTimestamp=Tue 2026-01-13 02:00:00 UTC
ExecMainExitTimestamp=Tue 2026-01-13 02:00:03 UTC
ExecMainCode=1
ExecMainStatus=3
LoadState=loaded
ActiveState=failed
NextElapseUSecRealtime=Wed 2026-01-14 02:00:00 UTC
Succeeded=
Job=report
Result=timeout
ExecMainStartTimestamp=Tue 2026-01-13 03:00:00 UTC
ExecMainExitTimestamp=Tue 2026-01-13 03:01:00 UTC
ExecMainCode=2
ExecMainStatus=15
LoadState=loaded
ActiveState=failed
NextElapseUSecRealtime=
Succeeded=
Job=rebooted
LoadState=loaded
ActiveState=inactive
Result=success
ExecMainStartTimestamp=
ExecMainExitTimestamp=n/a
NextElapseUSecRealtime=n/a
Succeeded=1768269600
Job=absent
LoadState=not-found
ActiveState=inactive
Succeeded=
"""


def _fraise(*names: str) -> FraiseConfig:
    jobs = tuple(Job(name, "@daily", ("true",)) for name in names)
    return FraiseConfig(
        Fraise("chores", "scheduled"), Environment("production", "bare-metal", jobs=jobs)
    )


def test_read_statuses__each_ending__is_told_as_it_was() -> None:
    """Status, signal, the success before the host started anew; nothing of what is not there."""
    found = read_statuses(Completed(0, SAID, ()))
    assert list(found) == ["dump", "report", "rebooted"]
    assert found["dump"] == JobStatus(
        "dump", False, "2026-01-13T02:00:00.000Z", "2026-01-13T02:00:03.000Z", 3,
        "ended with exit status 3", "2026-01-14T02:00:00.000Z",
    )  # fmt: skip
    assert found["report"].last_exit_status == -15
    assert found["report"].last_error == "was killed by signal 15 (timeout)"
    assert found["rebooted"].last_run_at == "2026-01-13T02:00:00.000Z"
    assert (found["rebooted"].last_exit_status, found["rebooted"].next_run_at) == (0, None)


def test_joined__two_hosts__show_the_failure_and_the_next_run() -> None:
    """One that failed is not hidden by one that did well later."""
    well = JobStatus("dump", False, "2026-01-02", "2026-01-02", 0, None, "2026-01-04")
    bad = JobStatus("dump", False, "2026-01-01", "2026-01-01", 3, "ended", "2026-01-03")
    (shown,) = joined(_fraise("dump", "never"), {"one": {"dump": well}, "two": {"dump": bad}})
    assert (shown.last_exit_status, shown.last_error) == (3, "two: ended")
    assert shown.next_run_at == "2026-01-03"


def test_unit_words__each_job__goes_with_its_unit() -> None:
    """As the script reads them."""
    assert unit_words(_fraise("dump")) == ["dump", "fraisier-chores-production-job-dump"]

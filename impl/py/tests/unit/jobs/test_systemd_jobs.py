"""Jobs as units of systemd, checked with systemd's own tools where they are."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from fraisier.domain.cron import parse_cron
from fraisier.domain.values import Environment, Fraise, FraiseConfig, Job
from fraisier.providers.systemd_jobs import job_units, on_calendar

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)
EXPRESSIONS = [
    "0 2 * * *",
    "0 */6 * * *",
    "*/15 9-17 * * mon-fri",
    "5/20 12 * * *",
    "0 0 1,15 * fri",
    "0 0 */2 * sun",
    "30 4 * jan-mar,dec 0,3",
    "59 23 31 * *",
    "@weekly",
]


def _fraise(*jobs: Job) -> FraiseConfig:
    environment = Environment("production", "bare-metal", jobs=jobs)
    return FraiseConfig(Fraise("backups", "scheduled"), environment)


@pytest.mark.parametrize(
    ("expression", "lines"),
    [
        ("0 2 * * *", ("*-*-* 02:00:00",)),
        ("*/30 9-11 * * mon-wed", ("Mon,Tue,Wed *-*-* 09,10,11:00,30:00",)),
        ("0 0 1 * 5", ("*-*-01 00:00:00", "Fri *-*-* 00:00:00")),
        ("0 0 */15 * 5", ("Fri *-*-01,16,31 00:00:00",)),
        ("@hourly", ("*-*-* *:00:00",)),
    ],
)
def test_on_calendar__expression__is_exact(expression: str, lines: tuple[str, ...]) -> None:
    """Lists of moments: nothing of cron's that systemd would read in another way."""
    assert on_calendar(expression) == lines


@needs_systemd
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_on_calendar__asked_of_systemd__means_the_same_moments(expression: str) -> None:
    """The next moments that systemd finds are those that the expression means."""
    moment = datetime(2026, 2, 1, 12, 5)
    expected: list[str] = []
    for _ in range(12):
        following = parse_cron(expression).after(moment)
        assert following is not None
        moment = following
        expected.append(moment.strftime("%Y-%m-%d %H:%M:%S"))
    found: set[str] = set()
    for line in on_calendar(expression):
        found |= _asked(line, 12)
    assert sorted(found)[:12] == expected


def _asked(line: str, count: int) -> set[str]:
    asked = subprocess.run(
        ["systemd-analyze", "calendar", f"--iterations={count}",
         "--base-time=2026-02-01 12:05:00 UTC", line],
        capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    lines = [text for text in asked.stdout.splitlines() if "UTC" in text]
    return {text.split(":", 1)[1].split()[1] + " " + text.split()[-2] for text in lines}


@needs_systemd
def test_job_units__read_by_systemd__are_without_fault(tmp_path: Path) -> None:
    """systemd verifies every unit of a chain of jobs, odd characters included."""
    fraise = _fraise(
        Job("daily", "0 2 * * *", ("sh", "-c", 'echo "100%" $HOME; exit 0')),
        Job("sync", "0 */6 * * *", ("true",), depends_on="daily"),
        Job("report", None, ("true",), depends_on="sync"),
    )
    units = job_units(fraise, str(tmp_path), environment_file=str(tmp_path / "environment"))
    for name, text in units.items():
        (tmp_path / name).write_text(text, "utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in verified.stderr.splitlines() if "fraisier-" in line]
    assert (verified.returncode, ours) == (0, [])


def test_job_units__chain_of_jobs__wait_for_what_they_depend_on() -> None:
    """With a schedule of its own a job needs the success, without one it is started by it."""
    fraise = _fraise(
        Job("daily", "0 2 * * *", ("./daily.sh",)),
        Job("sync", "0 */6 * * *", ("./sync.sh",), depends_on="daily"),
        Job("report", None, ("./report.sh", "a b"), depends_on="daily", timeout=90.0),
    )
    units = job_units(fraise, "/srv/backups/current", user="deploy")
    prefix = "fraisier-backups-production-job"
    assert set(units) == {
        f"{prefix}-daily.service", f"{prefix}-daily.timer", f"{prefix}-sync.service",
        f"{prefix}-sync.timer", f"{prefix}-report.service",
    }  # fmt: skip
    daily, report = units[f"{prefix}-daily.service"], units[f"{prefix}-report.service"]
    assert f"OnSuccess={prefix}-report.service\n" in daily
    assert f"OnSuccess={prefix}-sync.service\n" not in daily
    assert 'ExecStartPost=/usr/bin/env -- "touch" "/srv/backups/jobs/daily.succeeded"' in daily
    assert f"After={prefix}-daily.service\n" in report
    assert "ConditionPathExists=/srv/backups/jobs/daily.succeeded\n" in report
    assert 'ExecStart=/usr/bin/env -- "./report.sh" "a b"\n' in report
    assert "TimeoutStartSec=90\n" in report
    assert "User=deploy\n" in report
    timer = units[f"{prefix}-daily.timer"]
    assert "OnCalendar=*-*-* 02:00:00\nPersistent=true\n" in timer


def test_job_units__percent_and_dollar__stay_what_they_are() -> None:
    """systemd would read specifiers and variables in them."""
    units = job_units(_fraise(Job("odd", "@daily", ("echo", "50% of $HOME"))), "/srv/a%b")
    text = units["fraisier-backups-production-job-odd.service"]
    assert 'ExecStart=/usr/bin/env -- "echo" "50%% of $$HOME"\n' in text
    assert "WorkingDirectory=/srv/a%%b\n" in text


def test_on_calendar__random_expressions__never_raise() -> None:
    """Whatever the configuration accepts can be translated."""
    source = random.Random(7)
    fields = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
    for _ in range(200):
        words = [source.choice(["*", "*/3", str(source.randint(*field))]) for field in fields]
        assert 1 <= len(on_calendar(" ".join(words))) <= 2

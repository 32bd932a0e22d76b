"""When a cron expression means, on the clock on the wall and in seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fraisier.domain.cron import parse_cron


@pytest.fixture
def berlin() -> Iterator[None]:
    """A machine that puts its clock forward in March and back in October."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 2 * * *", "2026-02-02 02:00"),
        ("0 */6 * * *", "2026-02-01 18:00"),
        ("5/20 12 * * *", "2026-02-01 12:25"),
        ("30 9-17/4 * * mon-fri", "2026-02-02 09:30"),
        ("0 0 31 * *", "2026-03-31 00:00"),
        ("0 0 29 feb *", "2028-02-29 00:00"),
        ("0 0 13 * fri", "2026-02-06 00:00"),
        ("0 0 */2 * sun", "2026-02-15 00:00"),
        ("0 0 * * 7", "2026-02-08 00:00"),
        ("@yearly", "2027-01-01 00:00"),
        ("* * * * *", "2026-02-01 12:06"),
    ],
)
def test_after__expression__is_the_next_moment(expression: str, expected: str) -> None:
    """Seen from Sunday, the 1st of February 2026, five past twelve."""
    found = parse_cron(expression).after(datetime(2026, 2, 1, 12, 5))
    assert found == datetime.fromisoformat(expected)


def test_after__impossible_day__is_never() -> None:
    """There is no 30th of February, and looking for one ends."""
    assert parse_cron("0 0 30 2 *").after(datetime(2026, 2, 1)) is None


def test_parse_cron__wrong_expression__is_refused() -> None:
    """The same check as that of the configuration."""
    with pytest.raises(ValueError, match="hour"):
        parse_cron("0 25 * * *")


def _moments(expression: str, start: str, count: int) -> list[str]:
    schedule, now = parse_cron(expression), datetime.fromisoformat(start).timestamp()
    found: list[str] = []
    for _ in range(count):
        following = schedule.next_timestamp(now)
        assert following is not None
        now = following
        found.append(datetime.fromtimestamp(now, UTC).strftime("%d %H:%M"))
    return found


@pytest.mark.usefixtures("berlin")
def test_next_timestamp__clock_is_put_back__daily_job_runs_once() -> None:
    """Half past two comes twice that night, the job once."""
    assert _moments("30 2 * * *", "2026-10-24T12:00:00Z", 2) == ["25 00:30", "26 01:30"]


@pytest.mark.usefixtures("berlin")
def test_next_timestamp__clock_is_put_back__frequent_job_goes_on() -> None:
    """No hour passes without it."""
    found = _moments("30 * * * *", "2026-10-24T23:00:00Z", 4)
    assert found == ["24 23:30", "25 00:30", "25 01:30", "25 02:30"]


@pytest.mark.usefixtures("berlin")
def test_next_timestamp__clock_is_put_forward__job_is_not_lost() -> None:
    """Half past two does not come that night; the job runs all the same."""
    assert _moments("30 2 * * *", "2026-03-28T12:00:00Z", 2) == ["29 01:30", "30 00:30"]

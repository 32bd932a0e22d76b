"""Failures are counted for each source, for a minute, in bounded memory."""

from __future__ import annotations

from fraisier.http.failures import SOURCES_MAX, WINDOW_SECONDS, Failures
from fraisier.http.source import address_of


class Clock:
    """A clock that stands still until it is set."""

    seconds = 1000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.seconds


def made(most: int = 2) -> tuple[Failures, Clock]:
    """A table and its clock."""
    clock = Clock()
    return Failures(lambda: most, clock), clock


def test_note__beyond_the_limit__is_too_many() -> None:
    """The limit is what is borne; the next one is too many, and says when to come back."""
    failures, clock = made()
    one = address_of("192.0.2.1")
    assert [failures.note(one) for _ in range(4)] == [False, False, True, True]
    assert (failures.total, failures.beyond) == (4, 2)
    clock.seconds += 20
    assert failures.retry_seconds(one) == 40


def test_note__after_the_window__starts_afresh() -> None:
    """A minute later nothing is held against a source."""
    failures, clock = made(1)
    one = address_of("192.0.2.1")
    assert [failures.note(one), failures.note(one)] == [False, True]
    clock.seconds += WINDOW_SECONDS
    assert failures.note(one) is False


def test_note__other_source__is_counted_apart() -> None:
    """One who fails holds nobody else up; connections without an address are one source."""
    failures, _ = made(1)
    for source in (address_of("192.0.2.1"), address_of("192.0.2.2"), None):
        assert [failures.note(source), failures.note(source)] == [False, True]


def test_note__ipv6__counts_by_the_customers_network() -> None:
    """Whoever has a /64 is one source, however many addresses are used."""
    failures, _ = made(1)
    assert failures.note(address_of("2001:db8:0:1::1")) is False
    assert failures.note(address_of("2001:db8:0:1:ffff::9")) is True
    assert failures.note(address_of("2001:db8:0:2::1")) is False


def test_note__many_sources__are_bounded() -> None:
    """Of more sources than there is room for, the oldest are forgotten."""
    failures, _ = made(1)
    for number in range(SOURCES_MAX + 500):
        failures.note(address_of(f"10.0.{number >> 8}.{number & 255}"))
    assert len(failures) == SOURCES_MAX
    assert failures.note(address_of("10.0.0.0")) is False


def test_note__limit_changes__counts_at_once() -> None:
    """A reloaded configuration is in force for the next failure."""
    limits = [10]
    failures = Failures(lambda: limits[0])
    assert failures.note(None) is False
    limits[0] = 1
    assert failures.note(None) is True

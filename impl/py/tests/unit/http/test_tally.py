"""Counts of workers: added up, and carried on by who takes a dead one's place."""

from __future__ import annotations

from fraisier.http.tally import Counting, Tally


def test_all__several_workers__are_added_up() -> None:
    """Any worker knows what all have counted."""
    tally = Tally(3)
    tally.write(1, {"a": 2, "now:open": 1})
    tally.write(2, {"a": 3})
    counting = Counting(lambda: {"a": 5, "now:open": 4}, tally, 0)
    assert dict(counting.all()) == {"a": 10, "now:open": 5}


def test_own__after_a_dead_worker__counts_on() -> None:
    """What is open now died with it."""
    tally = Tally(1)
    tally.write(0, {"a": 2, "now:open": 9})
    assert dict(Counting(lambda: {"a": 1}, tally, 0).own()) == {"a": 3}


def test_read__never_written__is_empty() -> None:
    """A worker that has not said anything has counted nothing."""
    assert Tally(2).others(0) == [{}]

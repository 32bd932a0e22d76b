"""Signals that come while the database is asked."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from fraisier.cli.signals import Withheld

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The process's own handlers come back, whatever the test does."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_withheld__one_signal__lets_the_block_finish(number: signal.Signals) -> None:
    """It is remembered, and the handlers are the old ones again."""
    before = [signal.getsignal(each) for each in NUMBERS]
    finished = False
    with Withheld() as signals:
        signal.raise_signal(number)
        finished = True
    assert (finished, signals.came) == (True, True)
    assert [signal.getsignal(each) for each in NUMBERS] == before


def test_withheld__no_signal__says_so() -> None:
    """Nothing came."""
    with Withheld() as signals:
        pass
    assert signals.came is False


def test_withheld__second_signal__breaks_it_off() -> None:
    """Somebody who insists is not kept waiting, and the handlers are the old ones again."""
    before = [signal.getsignal(each) for each in NUMBERS]
    with pytest.raises(KeyboardInterrupt), Withheld():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(each) for each in NUMBERS] == before


@pytest.mark.parametrize("number", NUMBERS)
def test_withheld__released__each_signal_interrupts(number: signal.Signals) -> None:
    """At once, in the block and after it."""
    with Withheld() as signals:
        signals.release()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def test_withheld__signal_before_release__interrupts_there() -> None:
    """What came while it was withheld is not forgotten."""
    with pytest.raises(KeyboardInterrupt), Withheld() as signals:
        signal.raise_signal(signal.SIGHUP)
        signals.release()

"""Waiting for what happens soon, without sleeping longer than it takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.03
# Every deadline is multiplied by it: a machine that does much besides needs longer, and what
# is never going to happen should be said soon where somebody waits for the answer.
PATIENCE = max(1.0, float(os.environ.get("CONFORM_PATIENCE", "1")))


def patient(seconds: float) -> float:
    """How long to wait for what a quiet machine does within so many seconds."""
    return seconds * PATIENCE


def eventually(question: Callable[[], T], what: str, seconds: float = 20.0) -> T:
    """
    The first true answer.

    Raises:
        AssertionError: There was none in time; ``what`` says what was waited for.
    """
    seconds = patient(seconds)
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s (last: {answer!r})"
        time.sleep(PAUSE_SECONDS)

"""Waiting for what happens soon, without sleeping longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.03


def eventually(question: Callable[[], T], what: str, seconds: float = 20.0) -> T:
    """
    The first true answer.

    Raises:
        AssertionError: There was none in time; ``what`` says what was waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s (last: {answer!r})"
        time.sleep(PAUSE_SECONDS)

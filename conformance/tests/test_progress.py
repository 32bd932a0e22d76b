"""How a run tells how far it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from conform import progress
from conform.progress import PIPE_SECONDS, TERMINAL_SECONDS, Progress


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """A clock that only goes on when it is told to."""
    now = [1_000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    yield pass_by


def test_pipe__many_results__are_a_line_now_and_then(later: Callable[[float], None]) -> None:
    """A log gets whole lines, no more than one in ten seconds, and nothing at the end."""
    stream = io.StringIO()
    told = Progress(stream)
    done = told.of("py on sqlite", 40)
    for number in range(40):
        later(1.0)
        done("fail" if number == 3 else "pass")
    told.close()
    assert PIPE_SECONDS == 10.0
    assert stream.getvalue().splitlines() == [
        "py on sqlite 10/40 (1 not passed)",
        "py on sqlite 20/40 (1 not passed)",
        "py on sqlite 30/40 (1 not passed)",
        "py on sqlite 40/40 (1 not passed)",
    ]


def test_pipe__quick_run__says_nothing(later: Callable[[float], None]) -> None:
    """What is over at once needs no progress."""
    stream = io.StringIO()
    told = Progress(stream)
    done = told.of("py on sqlite", 2)
    later(0.5)
    done("pass")
    told.close()
    assert stream.getvalue() == ""


def test_terminal__results_of_two_targets__are_one_line_that_changes(
    later: Callable[[float], None],
) -> None:
    """The line is written over, and is empty at the end."""
    stream = Terminal()
    told = Progress(stream)
    first, second = told.of("a on sqlite", 2), told.of("b on sqlite", 1)
    for done in (first, second):
        later(TERMINAL_SECONDS)
        done("not-applicable")
    told.close()
    shown = stream.getvalue()
    assert "\n" not in shown
    assert shown.split("\r\033[K")[1:] == [
        "a on sqlite 1/2, b on sqlite 0/1",
        "a on sqlite 1/2, b on sqlite 1/1",
        "",
    ]

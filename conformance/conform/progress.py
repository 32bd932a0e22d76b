"""How far a run is: one line that changes on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from conform import verdicts

PIPE_SECONDS = 10.0
TERMINAL_SECONDS = 0.2


class Progress:
    """Counts results of several targets at once and tells them on standard error."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._lock = threading.Lock()
        self._counts: dict[str, list[int]] = {}  # label -> done, total, findings
        self._told = time.monotonic()

    def of(self, label: str, total: int) -> Callable[[str], None]:
        """What a target calls with the verdict of each case that is done."""
        self._counts[label] = [0, total, 0]

        def done(verdict: str) -> None:
            with self._lock:
                self._counts[label][0] += 1
                self._counts[label][2] += verdict not in (verdicts.PASS, verdicts.NOT_APPLICABLE)
                self._tell()

        return done

    def _tell(self) -> None:
        pause = TERMINAL_SECONDS if self._live else PIPE_SECONDS
        if time.monotonic() - self._told < pause:
            return
        self._told = time.monotonic()
        text = ", ".join(_count(label, *count) for label, count in self._counts.items())
        self._stream.write(f"\r\033[K{text}" if self._live else f"{text}\n")
        self._stream.flush()

    def close(self) -> None:
        """Leave the terminal's line empty."""
        if self._live:
            self._stream.write("\r\033[K")
            self._stream.flush()


def _count(label: str, done: int, total: int, findings: int) -> str:
    failed = f" ({findings} not passed)" if findings else ""
    return f"{label} {done}/{total}{failed}"

"""Signals that ask a command to end, at a moment when it cannot say yet what it has done."""

from __future__ import annotations

import signal
from typing import Any

ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class Withheld:
    """
    A block that Ctrl-C, SIGTERM and SIGHUP let finish: what is asked of the database there
    is answered, so that it is known what to take back. A second signal breaks it off.
    """

    def __init__(self) -> None:
        self.came = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Withheld:
        for number in (signal.SIGINT, *ENDINGS):
            self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _note(self, *_: object) -> None:
        if self.came:
            raise KeyboardInterrupt
        self.came = True

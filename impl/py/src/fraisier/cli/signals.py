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
        self._released = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Withheld:
        for number in (signal.SIGINT, *ENDINGS):
            self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._released:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def release(self) -> None:
        """
        From here on, and after the block, each of them interrupts.

        Raises:
            KeyboardInterrupt: One has come already.
        """
        self._released = True
        for number in self._handlers:
            signal.signal(number, signal.default_int_handler)
        if self.came:
            raise KeyboardInterrupt

    def _note(self, *_: object) -> None:
        if self.came:
            raise KeyboardInterrupt
        self.came = True

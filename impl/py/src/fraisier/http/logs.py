"""Logs as one JSON line each on standard error, without secrets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import TextIO

from fraisier.domain.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_encoded = json.JSONEncoder(default=str, ensure_ascii=False).encode


class JsonLines(logging.Formatter):
    """``{"at", "level", "source", "message", ...}``; what a caller gave as ``extra`` is kept."""

    def __init__(self, secrets: Callable[[], Collection[str]]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        line: dict[str, object] = {
            "at": f"{_second(int(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "source": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return redact(_encoded(line), self._secrets())


class TurnHandler(logging.StreamHandler[TextIO]):
    """
    Writes what one turn of the event loop logs at once: one call of the system, not one a line.

    Warnings and worse are written at once, with all that came before, and so is what is
    logged outside of a loop.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line until the turn is over."""
        try:
            self._lines.append(self.format(record) + self.terminator)
            if record.levelno >= logging.WARNING or not self._will_flush():
                self.flush()
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Write what is kept."""
        with self.lock or contextlib.nullcontext():
            lines, self._lines = self._lines, []
            if lines:
                self.stream.write("".join(lines))
            super().flush()

    def _will_flush(self) -> bool:
        if len(self._lines) > 1:  # the first one has seen to it
            return True
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            return False
        return True


def log_to_standard_error(secrets: Callable[[], Collection[str]]) -> None:
    """Send every log of this process to standard error; ``secrets`` is asked at each line."""
    handler = TurnHandler(sys.stderr)
    handler.setFormatter(JsonLines(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    _leave_out_what_no_line_says()
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    # Its warnings are about requests that are none: nobody may fill our log with them.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)


def _leave_out_what_no_line_says() -> None:
    """Who logs where in the code is looked up for every record, unless one says so."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    setattr(logging, "_srcfile", None)  # noqa: B010  (as the logging HOWTO has it)


@lru_cache(maxsize=1)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))

"""Logs as one JSON line each on standard error, without secrets."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Collection

from fraisier.domain.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """``{"at", "level", "source", "message", ...}``; what a caller gave as ``extra`` is kept."""

    def __init__(self, secrets: Callable[[], Collection[str]]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "at": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "source": record.name,
            "message": record.getMessage(),
        }
        line.update((k, v) for k, v in vars(record).items() if k not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, default=str, ensure_ascii=False), self._secrets())


def log_to_standard_error(secrets: Callable[[], Collection[str]]) -> None:
    """Send every log of this process to standard error; ``secrets`` is asked at each line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    # Its warnings are about requests that are none: nobody may fill our log with them.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)

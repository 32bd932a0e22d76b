"""One run of a job of the scheduler, in a thread of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.domain.secret_names import is_secret_name, url_secrets
from fraisier.effects.files import LOG_BYTES_MAX, log_lines, try_lock
from fraisier.effects.process import Completed, Stopped, run
from fraisier.effects.reaping import own_program


class Outcome(NamedTuple):
    """How a run ended; ``overlapped``: it did not begin, because another one goes on."""

    exit_status: int | None
    error: str | None = None
    overlapped: bool = False

    def describe(self) -> str:
        """For the log."""
        return self.error or f"ended with exit status {self.exit_status}"


class JobRun:
    """
    Runs a job's program in the folder of the release and reports how that ended.

    ``job`` and ``desired`` are what ``desired.json`` says. The output goes to the job's
    log. What the job started ends with it, with its time, and with the scheduler.
    """

    def __init__(
        self,
        job: dict[str, Any],
        desired: dict[str, Any],
        stopping: threading.Event,
        report: Callable[[str, Outcome], None],
    ) -> None:
        self._job = job
        self._desired = desired
        self._stopping = stopping
        self._report = report
        self._thread = threading.Thread(target=self._run, name=job["name"], daemon=True)

    def start(self) -> None:
        """Begin; ``report`` is called from another thread."""
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    def _run(self) -> None:
        name = self._job["name"]
        try:
            outcome = self._locked(name)
        except Stopped:
            outcome = Outcome(None, "stopped")
        except FraisierError as error:
            outcome = Outcome(None, error.message.partition("\n")[0])
        except Exception as error:  # whatever it is, the other jobs go on
            outcome = Outcome(None, f"{type(error).__name__}: {error}")
        self._report(name, outcome)

    def _locked(self, name: str) -> Outcome:
        lock = try_lock(Path(f"locks/{name}.lock"))
        if lock is None:
            return Outcome(None, overlapped=True)
        try:
            with log_lines(Path(f"logs/jobs/{name}.log")) as log:
                done = self._program(log)
        finally:
            os.close(lock)
        return Outcome(done.exit_status, None if done.ok else done.describe())

    def _program(self, log: Callable[[str], None]) -> Completed:
        written = 0

        def keep(line: str) -> None:
            nonlocal written
            written += len(line) + 1
            if written <= LOG_BYTES_MAX:  # a job that talks without end must not fill the disk
                log(line)

        program = self._job.get("program")
        environment = {**self._desired["environment"], **self._job.get("environment", {})}
        return run(
            own_program(program) if program else self._job["argv"],
            cwd=Path(self._desired["folder"]),
            environment=environment,
            timeout_seconds=self._job["timeout_seconds"],
            on_line=keep,
            secrets=_secrets(environment),
            should_stop=self._stopping.is_set,
        )


def _secrets(environment: Mapping[str, str]) -> frozenset[str]:
    """What the job knows and its log may not."""
    named = {value for name, value in environment.items() if is_secret_name(name)}
    inside = {secret for value in environment.values() for secret in url_secrets(value)}
    return frozenset(named | inside)

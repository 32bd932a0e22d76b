"""A process of an implementation that runs beside the scenario."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

from conform.verdicts import ImplementationError
from conform.world.waiting import eventually, patient

STOP_SECONDS = 10.0


class Running:
    """
    One process with its output collected: ``lines`` of standard output as they come,
    ``log`` the file of its standard error.
    """

    def __init__(
        self, command: list[str], environment: dict[str, str], folder: Path, log: Path
    ) -> None:
        self.command = command
        self.log = log
        self.lines: list[str] = []
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def exit(self) -> int | None:
        """Its exit status, None while it runs."""
        return self.process.poll()

    def say(self, line: str) -> None:
        """Send one line to its standard input; the input stays open."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:  # it has ended; whoever waits for its answer finds out
            return

    def events(self) -> list[dict[str, Any]]:
        """The JSON lines that it has printed so far."""
        return [json.loads(line) for line in list(self.lines)]

    def signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, to the process alone, as a crash would be; waits for its end."""
        if self.exit is None:
            self.process.kill()
        self._end()

    def freeze(self) -> None:
        """Stop it from running without ending it."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it run again."""
        self.signal(signal.SIGCONT)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """SIGTERM; its exit status. Raises ImplementationError when it does not end in time."""
        if self.exit is None:
            self.process.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float = 60.0) -> int:
        """Its exit status. Raises ImplementationError when it does not end in time."""
        try:
            self.process.wait(patient(seconds))
        except subprocess.TimeoutExpired as reason:
            text = f"{' '.join(self.command)} did not end within {seconds:g} s"
            raise ImplementationError(f"{text}: {self.tail()}") from reason
        self._end()
        return self.process.returncode

    def wait_for_event(self, seconds: float = 20.0, **wanted: Any) -> dict[str, Any]:
        """The first printed JSON line that has all the wanted keys with their values."""

        def found() -> dict[str, Any] | None:
            for event in self.events():
                if wanted.items() <= event.items():
                    return event
            return None

        return eventually(lambda: found() or {}, f"an event with {wanted}", seconds)

    def tail(self) -> str:
        """The end of its standard error."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))

    def _end(self) -> None:
        self.process.wait()
        self._reader.join(5)
        if self.process.stdin is not None and not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except OSError:
                return

"""Talk to the supervisor of a service through the files of its folder (``supervisor.py``)."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.effects.clock import pause, ticks
from fraisier.effects.files import read_json, write_json
from fraisier.effects.process import Stopped, base_environment, spawn_detached
from fraisier.effects.reaping import own_program, process_started

SETTLE_SECONDS_MAX = 40.0


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What a supervisor says of its service, checked against the processes there are."""

    generation: int
    state: str  # running, crashed, stopped
    release: str | None
    pid: int | None
    restarts: int
    exit_status: int | None
    supervisor: int | None

    @property
    def running(self) -> bool:
        """The service's process lives."""
        return self.state == "running"


class ServiceFolder:
    """The folder that one supervisor serves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "logs" / "service.log"

    def desired(self) -> dict[str, Any]:
        """What was last asked of the supervisor; empty when nothing ever was."""
        return read_json(self.path / "desired.json") or {}

    def ask(self, wish: Mapping[str, Any]) -> int:
        """Write what should be, as a new generation, and return its number."""
        generation = int(self.desired().get("generation", 0)) + 1
        write_json(self.path / "desired.json", {**wish, "generation": generation})
        return generation

    def ask_once(self, wish: Mapping[str, Any]) -> int:
        """
        The same, unless just this is asked for already and is done, or will be: who
        takes over waits for that, and nothing is started twice.
        """
        desired = self.desired()
        if not desired or {**wish, "generation": desired["generation"]} != desired:
            return self.ask(wish)
        status, generation = self.status(), int(desired["generation"])
        if status.generation < generation or (status.running and self.supervised()):
            return generation
        return self.ask(wish)

    def ask_again(self) -> int:
        """What was asked for last, unless the supervisor has that still before it."""
        wish = self.desired()
        del wish["generation"]
        return self.ask_once(wish)

    def is_gone(self) -> bool:
        """
        Whether it should run, and neither it nor a supervisor that would start it is
        left: the machine was restarted, say. One that was stopped on request is not gone.
        """
        should_run = self.desired().get("state") == "running"
        return should_run and not self.supervised() and not self.status().running

    def is_behind(self, desired: Mapping[str, Any]) -> bool:
        """Whether a supervisor lives that has not done yet what is asked of it."""
        behind = self.status().generation < int(desired.get("generation", 0))
        return behind and self.supervised()

    def follows(self, release: str) -> bool:
        """
        Whether the supervisor was told to run the release and has done what it was
        told: until then the release before may still answer.
        """
        desired = self.desired()
        told = desired.get("release") == release
        if told and desired["state"] == "idle":  # there is nothing to run, and nobody to follow
            return True
        told = told and desired.get("state") == "running"
        return told and self.status().generation >= int(desired["generation"])

    def status(self) -> ServiceStatus:
        """What is. A process that is gone, or is another one by now, does not run."""
        document = read_json(self.path / "status.json") or {}
        pid, state = document.get("pid"), document.get("state", "stopped")
        if state == "running" and (
            pid is None
            or process_started(pid) is None
            or process_started(pid) != document.get("pid_started")
        ):
            state, pid = "crashed", None
        return ServiceStatus(
            generation=int(document.get("generation", -1)),
            state=state,
            release=document.get("release"),
            pid=pid,
            restarts=int(document.get("restarts", 0)),
            exit_status=document.get("exit_status"),
            supervisor=document.get("supervisor"),
        )

    def settle(self, generation: int, should_stop: Callable[[], bool]) -> ServiceStatus:
        """
        Wait until the supervisor, started if there is none, has followed the generation.

        Raises:
            FraisierError: ``provider-failed``: it did not in time.
            Stopped: ``should_stop`` became true.
        """
        deadline = ticks() + SETTLE_SECONDS_MAX
        while ticks() < deadline:
            status = self.status()
            if status.generation >= generation:
                return status
            if should_stop():
                raise Stopped
            if not self.supervised():
                self._start_supervisor()
            self._poke()
            pause(0.02)
        raise FraisierError("the supervisor does not react", code="provider-failed")

    def supervised(self) -> bool:
        """Whether a supervisor lives: it holds its lock for as long as it does."""
        try:  # only read: the disk may have become read-only
            descriptor = os.open(self.path / "supervisor.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)

    def _start_supervisor(self) -> None:
        command = own_program(self.desired().get("program", "supervisor"), str(self.path))
        if spawn_detached(command, base_environment()) != 0:
            raise FraisierError("cannot start the supervisor", code="provider-failed")

    def _poke(self) -> None:
        """Wake the supervisor; it looks by itself every two seconds anyway."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self.path / "control", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                os.write(descriptor, b".")
            finally:
                os.close(descriptor)

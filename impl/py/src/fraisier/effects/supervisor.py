"""
Keep one service running, detached from whoever asked for it.

Its own program (``reaping.own_program``): ``supervisor FOLDER``. It forks into the
background and serves the folder until the service is stopped:

    desired.json     what should be: generation, state, release, folder, argv, environment,
                     program (this one unless another is named)
    status.json      what is: generation reached, state, pid, start time, restarts, exit status
    control          a FIFO; a byte in it means: look at desired.json now
    supervisor.lock  held for as long as a supervisor serves the folder
    logs/service.log output of the service, kept small

The service runs in a process group of its own. It is started again with growing
pauses when it ends by itself. A newer generation stops it (SIGTERM, then SIGKILL) and
starts what the new one says. All that the service started ends with it, also what has
left its group. Standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from fraisier.effects.reaping import adopt_orphans, kill_children, process_started, reap

STOP_SECONDS = 10.0
LOCK_SECONDS = 1.0
PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 30.0
SETTLED_SECONDS = 10.0  # a service that ran this long starts again without delay
LOG_BYTES_MAX = 5_000_000


def group_exists(group: int) -> bool:
    """Whether a process group has any process left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_document(name: str) -> dict[str, Any]:
    """A JSON object of the folder; empty when it is not there."""
    try:
        document: dict[str, Any] = json.loads(Path(name).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return document


def write_document(name: str, document: dict[str, Any]) -> None:
    """Replace a JSON object of the folder in one step."""
    new = Path(f".{name}.new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(document), "utf-8")
    new.replace(name)


def _note(*_: object) -> None:
    """Let the signal interrupt the wait; nothing else."""


class Supervisor:
    """The loop and the one service below it. The working folder is the service's home."""

    program = "supervisor"

    def __init__(self) -> None:
        self.desired: dict[str, Any] = {}
        self.generation = -1
        self.pid = 0
        self.started = 0.0
        self.start_at: float | None = None
        self.pause = PAUSE_SECONDS_FIRST
        self.restarts = 0
        self.exit_status: int | None = None
        self.leaving = False
        self.untold: str | None = None
        self.control = self._open_control()
        self.wake, writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _note)
        signal.signal(signal.SIGTERM, self._leave)
        signal.signal(signal.SIGINT, self._leave)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _open_control(self) -> int:
        with contextlib.suppress(FileExistsError):
            os.mkfifo("control", 0o600)
        return os.open("control", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def _leave(self, *_: object) -> None:
        self.leaving = True

    def serve(self) -> None:
        """Serve until the service is to be stopped, or until SIGTERM."""
        self._end_leftover()
        while not self.leaving:
            self._reap()
            desired = read_document("desired.json")
            if desired.get("program", "supervisor") != self.program:
                break  # from now on the folder is another program's
            if desired.get("generation", -1) != self.generation:
                self._follow(desired)
                if self.desired.get("state") != "running":
                    break
            self._start_what_is_due()
            self._limit_log()
            if self.untold:
                self._tell(self.untold)
            self._wait()
        self._stop()
        self._tell("stopped")

    def _follow(self, desired: dict[str, Any]) -> None:
        self._stop()
        self.desired, self.generation = desired, int(desired.get("generation", -1))
        self.restarts, self.exit_status, self.pause = 0, None, PAUSE_SECONDS_FIRST
        if desired.get("state") == "running":
            self._start()

    def _start_what_is_due(self) -> None:
        if self.start_at is not None and time.monotonic() >= self.start_at:
            self._start()

    def _start(self) -> None:
        self.start_at = None
        self.pid = os.fork()
        if self.pid == 0:
            self._become_service()
        with contextlib.suppress(OSError):
            os.setpgid(self.pid, self.pid)
        self.started = time.monotonic()
        self._tell("running")

    def _become_service(self) -> None:
        """In the child: take on the group, the output, the folder and the command, for good."""
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP,
                           signal.SIGPIPE):  # fmt: skip
                signal.signal(number, signal.SIG_DFL)
            log = os.open("logs/service.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.chdir(self.desired["folder"])
            argv, environment = self.desired["argv"], self.desired["environment"]
            os.execvpe(argv[0], argv, environment)
        except BaseException as error:  # nothing of the supervisor may run on in the child
            with contextlib.suppress(OSError):
                os.write(2, f"cannot start the service: {error}\n".encode())
        finally:
            os._exit(127)

    def _reap(self) -> None:
        """Collect every ended child, also orphans of the service, and plan a new start."""
        reap(self._ended)

    def _ended(self, pid: int, status: int) -> None:
        if pid != self.pid:
            return
        group, self.pid = self.pid, 0
        self.exit_status = os.waitstatus_to_exitcode(status)
        if self.leaving or self.desired.get("state") != "running":
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        kill_children()  # what it left behind would hold its port
        if time.monotonic() - self.started >= SETTLED_SECONDS:
            self.pause = PAUSE_SECONDS_FIRST
        self.start_at = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, PAUSE_SECONDS_MAX)
        self.restarts += 1
        self._tell("crashed")

    def _stop(self) -> None:
        """End the service and all that it started."""
        self.start_at = None
        group, self.desired = self.pid, {}
        if group:
            end_group(group, self._reap)
        kill_children()
        self.pid = 0

    def _end_leftover(self) -> None:
        """End a service that an earlier supervisor, killed itself, left behind."""
        status = read_document("status.json")
        pid = int(status.get("pid") or 0)
        if pid and process_started(pid) == status.get("pid_started"):
            end_group(pid, self._reap)

    def _tell(self, state: str) -> None:
        """Say how it is. On a full disk that is said again later; the service goes on."""
        status = {
            "generation": self.generation,
            "state": state,
            "release": self.desired.get("release"),
            "pid": self.pid or None,
            "pid_started": process_started(self.pid) if self.pid else None,
            "restarts": self.restarts,
            "exit_status": self.exit_status,
            "supervisor": os.getpid(),
        }
        self.untold = state
        with contextlib.suppress(OSError):
            write_document("status.json", status)
            self.untold = None

    def _wait(self) -> None:
        seconds = 2.0
        if self.start_at is not None:
            seconds = max(0.0, min(seconds, self.start_at - time.monotonic()))
        ready, _, _ = select.select([self.control, self.wake], [], [], seconds)
        for descriptor in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(descriptor, 4_096)

    def _limit_log(self) -> None:
        """Keep the newest part of a long log in service.log.1 and begin again."""
        try:
            path = Path("logs/service.log")
            if path.stat().st_size <= LOG_BYTES_MAX:
                return
            with path.open("rb+") as log:
                with contextlib.suppress(OSError):  # a full disk: the room matters more
                    log.seek(-LOG_BYTES_MAX, os.SEEK_END)
                    Path("logs/service.log.1").write_bytes(log.read(LOG_BYTES_MAX))
                log.truncate(0)
        except OSError:  # none yet, or none that can be written: the service goes on
            return


def end_group(group: int, reap: Any) -> None:
    """SIGTERM to the group, SIGKILL to what is left of it after a while; wait for its end."""
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 2.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            reap()
            if not group_exists(group):
                return
            time.sleep(0.01)


def take_lock() -> int | None:
    """The lock of the folder, or ``None`` when another supervisor serves it."""
    descriptor = os.open("supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.01)


def go_to_background() -> None:
    """Fork; the front waits until the lock is taken, so that its end means: there is one."""
    ready, tell = os.pipe()
    if os.fork():
        os.close(tell)
        os.read(ready, 1)
        os._exit(0)
    os.close(ready)
    os.setsid()
    descriptor = take_lock()
    os.close(tell)
    if descriptor is None:
        os._exit(0)
    log = os.open("logs/supervisor.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)


def enter_folder() -> None:
    """Go to the folder named on the command line and into the background."""
    os.chdir(sys.argv[1])
    os.umask(0o077)
    Path("logs").mkdir(mode=0o700, exist_ok=True)
    go_to_background()


def main() -> None:
    """Serve the folder named on the command line."""
    enter_folder()
    adopt_orphans()
    Supervisor().serve()

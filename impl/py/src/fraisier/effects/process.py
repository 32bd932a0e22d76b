"""
Run programs: argument lists only, bounded output, and nothing outlives its purpose.

A program that takes its time runs below ``guard.py`` in a process group of its own, so
that all that it started dies with it, with a timeout, and with this process, however
that dies.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.answering import ANSWER_BYTES_MAX, answer_of
from fraisier.effects.clock import ticks
from fraisier.effects.files import never
from fraisier.effects.lines import LINE_CHARACTERS_MAX, Lines, WholeLines
from fraisier.effects.reaping import own_program

TAIL_LINES = 40
STOP_SECONDS = 2.0
PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
             "TMPDIR", "SSH_AUTH_SOCK")  # fmt: skip

_POLL_SECONDS = 0.1


class Stopped(Exception):  # noqa: N818  (a request that was followed, not an error)
    """``should_stop`` asked for the end of a running program, and it was ended."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended. ``tail`` are its last lines, redacted; ``stdout`` is not redacted."""

    exit_status: int
    stdout: str
    tail: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """It ended with 0."""
        return self.exit_status == 0

    def describe(self) -> str:
        """Exit status and last lines, for messages of errors."""
        if self.exit_status < 0:
            ending = f"was killed by {signal.Signals(-self.exit_status).name}"
        else:
            ending = f"ended with exit status {self.exit_status}"
        return "\n".join([ending, *self.tail[-15:]])


def base_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The few variables that programs get from ours; Fraisier's own secrets stay behind."""
    source = os.environ if environ is None else environ
    return {name: source[name] for name in PASSED_ON if name in source}


def run(
    argv: Sequence[str],
    *,
    timeout_seconds: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    secrets: Collection[str] = (),
    should_stop: Callable[[], bool] = never,
    stdin: bytes | IO[bytes] = b"",
    on_stdout: Callable[[bytes], None] | None = None,
) -> Completed:
    """
    Run a program to its end and return how it ended, whatever its exit status.

    ``on_line`` gets every line of both outputs as it comes, redacted. With ``on_stdout``
    the lines of standard output go there instead, as they are (``lines.WholeLines``).
    ``stdin`` is what the program may read, or an open file, which is closed: bytes are in
    no argument list and no file that another process could open.

    Raises:
        FraisierError: ``tool-missing`` (no such program), ``step-timeout``.
        Stopped: ``should_stop`` became true; the program is gone.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs, _readable(stdin) as given:
        process = subprocess.Popen(
            own_program("guard", str(theirs.fileno()), *argv),
            cwd=cwd,
            env=dict(base_environment() if environment is None else environment),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        try:
            watch = _Watch(process, ours, on_line, secrets, on_stdout)
            watch.until_end(ticks() + timeout_seconds, should_stop)
        finally:
            _end_group(process, signal.SIGKILL)
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
    return watch.completed(argv, timeout_seconds)


def ask(
    argv: Sequence[str],
    *,
    timeout_seconds: float,
    environment: Mapping[str, str],
    secrets: Collection[str] = (),
) -> Completed:
    """
    Run a program that answers at once, changes nothing for long and starts nothing.

    It has no guard: that costs more than such a program. One that says more than
    ``ANSWER_BYTES_MAX`` is killed, and none of it counts.

    Raises:
        FraisierError: ``tool-missing``, ``step-timeout``.
    """
    name = Path(argv[0]).name
    try:
        done = answer_of(argv, environment, timeout_seconds)
    except TimeoutError as error:
        message = f"{name} took longer than {timeout_seconds:g} s"
        raise FraisierError(message, code="step-timeout") from error
    except OSError as error:
        message = f"cannot run {name}: {error.strerror}"
        raise FraisierError(message, code="tool-missing") from error
    shown = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
    tail = tuple(redact(line, secrets)[:LINE_CHARACTERS_MAX] for line in shown)
    if done.too_much:
        return Completed(done.exit_status, "", (f"it said more than {ANSWER_BYTES_MAX} bytes",))
    return Completed(done.exit_status, done.stdout.decode("utf-8", "replace"), tail)


def spawn_detached(
    argv: Sequence[str], environment: Mapping[str, str], timeout_seconds: float = 60.0
) -> int | None:
    """
    Run a program that forks into the background, and return the exit status of its front;
    ``None`` when that did not end in time, and was ended.

    The program gets a session of its own and survives this process.
    """
    front = subprocess.Popen(
        list(argv),
        cwd="/",
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return front.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        _end_group(front, signal.SIGKILL)
        front.wait()
        return None


def _readable(content: bytes | IO[bytes]) -> IO[bytes]:
    """A nameless file with this content, at its beginning; the program need not read it."""
    file: IO[bytes]
    if not isinstance(content, bytes):
        return content
    if hasattr(os, "memfd_create"):  # never on a disk
        file = os.fdopen(os.memfd_create("stdin", os.MFD_CLOEXEC), "w+b")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    file.write(content)
    file.seek(0)
    return file


def _end_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


class _Watch:
    """Reads the outputs and the guard's report until the program and its group are gone."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        channel: socket.socket,
        on_line: Callable[[str], None] | None,
        secrets: Collection[str],
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> None:
        self._process = process
        self._channel = channel
        self._on_line = on_line
        self._secrets = secrets
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._report = ""
        self._timed_out = False
        self._selector = selectors.DefaultSelector()
        whole = WholeLines(on_stdout) if on_stdout else Lines(self._emit, True)
        self._outputs = [
            self._register(process.stdout, whole),
            self._register(process.stderr, Lines(self._emit, False)),
        ]
        self._selector.register(channel, selectors.EVENT_READ, None)

    def _register(self, stream: IO[bytes] | None, lines: Lines | WholeLines) -> Lines | WholeLines:
        assert stream is not None
        self._selector.register(stream, selectors.EVENT_READ, lines)
        return lines

    def _emit(self, line: str) -> None:
        line = redact(line, self._secrets)[:LINE_CHARACTERS_MAX]
        self._tail.append(line)
        if self._on_line is not None:
            self._on_line(line)

    def until_end(self, deadline: float, should_stop: Callable[[], bool]) -> None:
        """Read until the program ended; end it at the deadline or when asked to."""
        with self._selector:
            while self._channel in self._selector.get_map():
                self._read(_POLL_SECONDS)
                if should_stop():
                    self._stop()
                    raise Stopped
                if ticks() > deadline:
                    self._timed_out = True
                    self._stop()
                    return
            self._drain()

    def _read(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                self._report += self._channel.recv(4_096).decode("utf-8", "replace")
                self._selector.unregister(key.fileobj)
            elif data := os.read(key.fd, 65_536):
                key.data.feed(data)
            else:
                key.data.flush()
                self._selector.unregister(key.fileobj)

    def _stop(self) -> None:
        """Ask the group to end, give it a moment, then let the guard kill all that is left."""
        _end_group(self._process, signal.SIGTERM)
        self._read_until_report(STOP_SECONDS)
        with contextlib.suppress(OSError):  # to the guard it is as if this process had died
            self._channel.shutdown(socket.SHUT_WR)
        self._read_until_report(STOP_SECONDS)
        self._drain()

    def _read_until_report(self, seconds: float) -> None:
        deadline = ticks() + seconds
        while self._channel in self._selector.get_map() and ticks() < deadline:
            self._read(_POLL_SECONDS)

    def _drain(self) -> None:
        """Read what is left; a child that left the group may not hold us up for long."""
        deadline = ticks() + 1.0
        while self._selector.get_map() and ticks() < deadline:
            self._read(_POLL_SECONDS)
        for lines in self._outputs:
            lines.flush()

    def completed(self, argv: Sequence[str], timeout_seconds: float) -> Completed:
        """The result, or the error that stands for it."""
        name = Path(argv[0]).name
        if self._timed_out:
            shown = "\n".join([f"{name} took longer than {timeout_seconds:g} s", *self._tail])
            raise FraisierError(shown, code="step-timeout")
        kind, _, rest = self._report.partition(" ")
        if kind == "missing":
            raise FraisierError(f"cannot run {name}: {rest}", code="tool-missing")
        status = int(rest) if kind == "exit" else -signal.SIGKILL
        stdout = self._outputs[0].kept.decode("utf-8", "replace")
        return Completed(status, stdout, tuple(self._tail))

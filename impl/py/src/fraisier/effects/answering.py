"""What a program answers on its two pipes: not for longer and not more than it may."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple, cast

from fraisier.effects.clock import ticks

ANSWER_BYTES_MAX = 16 * 1024 * 1024  # of each pipe
_PIECE_BYTES = 65_536


class Answered(NamedTuple):
    """``too_much``: it was ended when it had said as much as it may."""

    exit_status: int
    stdout: bytes
    stderr: bytes
    too_much: bool


def answer_of(argv: Sequence[str], environment: Mapping[str, str], seconds: float) -> Answered:
    """
    Run a program to its end, and whatever holds its pipes no longer than ``seconds``.

    Raises:
        OSError: It cannot be run.
        TimeoutError: It took too long, and was ended with what it started.
    """
    pipe = subprocess.PIPE
    deadline = ticks() + seconds
    with subprocess.Popen(
        list(argv),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
    ) as process:
        said = {process.stdout: bytearray(), process.stderr: bytearray()}
        try:
            too_much = not _listen(cast("dict[IO[bytes], bytearray]", said), deadline)
            if too_much:
                _end(process)
            process.wait(max(0.0, deadline - ticks()))
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise TimeoutError from error
        except BaseException:
            _end(process)
            raise
    out, err = (bytes(each) for each in said.values())
    return Answered(process.returncode, out, err, too_much)


def _listen(said: dict[IO[bytes], bytearray], deadline: float) -> bool:
    """Until both pipes end; False when one has said more than it may."""
    with selectors.DefaultSelector() as open_pipes:
        for each in said:
            open_pipes.register(each, selectors.EVENT_READ)
        while open_pipes.get_map():
            ready = open_pipes.select(max(0.0, deadline - ticks()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                pipe = cast("IO[bytes]", key.fileobj)
                piece = os.read(key.fd, _PIECE_BYTES)
                said[pipe] += piece
                if not piece:
                    open_pipes.unregister(pipe)
                if len(said[pipe]) > ANSWER_BYTES_MAX:
                    return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """With its whole group: what it started would go on holding the pipes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

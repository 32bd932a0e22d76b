"""Files that are whole or absent: atomic writes, atomic links, locks that die with their holder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, cast

from fraisier.effects.clock import pause, ticks

LOG_BYTES_MAX = 5_000_000


def never() -> bool:
    """The default of every ``should_stop``: go on."""
    return False


def make_private_folder(path: Path) -> Path:
    """Make a folder (and its parents) that only its owner can enter, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_atomically(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace the file with the text; a reader sees the old text or the new, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
        _sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Replace the file with the document, readable by its owner only."""
    write_atomically(path, json.dumps(document, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in the file; ``None`` when there is no file or no object in it."""
    try:
        document: object = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None


def replace_symlink(link: Path, target: str) -> None:
    """Let the link point to the target in one step; there is no moment without a link."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    _sync_folder(link.parent)


def _sync_folder(path: Path) -> None:
    """A name that was replaced is still the new one after a loss of power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(path: Path) -> None:
    """Remove the folder with all that is in it; fine when it is not there."""
    shutil.rmtree(path, ignore_errors=True)


def tail(path: Path, lines: int, *, bytes_max: int = 1_000_000) -> list[str]:
    """The newest lines of a text file, reading at most ``bytes_max`` of it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - bytes_max))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return list(deque(text.splitlines(), maxlen=max(0, lines)))


@contextlib.contextmanager
def log_lines(path: Path) -> Generator[Callable[[str], None]]:
    """
    Writes lines to a log, begun anew when it has become long, for its owner only.

    On a full disk lines are lost and nothing else: whoever prints goes on.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES_MAX:
            path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def write(line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(descriptor, f"{line}\n".encode("utf-8", "replace"))

    try:
        yield write
    finally:
        os.close(descriptor)


def try_lock(path: Path) -> int | None:
    """Take the lock file for this process and return its descriptor, or ``None`` when held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(path, descriptor):
            return descriptor
    except BlockingIOError:
        pass
    os.close(descriptor)
    return None


@contextlib.contextmanager
def locked(
    path: Path,
    *,
    timeout_seconds: float,
    should_stop: Callable[[], bool] = never,
    stale_seconds: float | None = None,
) -> Generator[None]:
    """
    Hold the lock file; the kernel frees it when the process dies, however it dies.

    With ``stale_seconds`` the holder shows all the time that it is alive, and a lock
    whose holder has stood still for so long (stopped, not dead) is taken from it. Only
    for what survives that the holder wakes and goes on.

    Raises:
        TimeoutError: Another process held it for too long, or ``should_stop`` said so.
    """
    deadline = ticks() + timeout_seconds
    sign, since = _sign(path), ticks()
    while (descriptor := try_lock(path)) is None:
        if _sign(path) != sign:
            sign, since = _sign(path), ticks()
        if stale_seconds is not None and ticks() - since > stale_seconds:
            _set_aside(path, sign)
        if ticks() > deadline or should_stop():
            raise TimeoutError(f"{path.name} is held by another process")
        pause(0.02)
    try:
        with _shown_alive(descriptor, stale_seconds):
            yield
    finally:
        os.close(descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the name still means the file that is open."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _sign(path: Path) -> tuple[int, int] | None:
    """Changes with every sign of life of the holder, and with the holder."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_ino, facts.st_mtime_ns


def _set_aside(path: Path, sign: tuple[int, int] | None) -> None:
    """Let the next lock be a new file; of several who wait, one does it."""
    judge = try_lock(path.with_name(f"{path.name}.judge"))
    if judge is None:
        return
    try:
        if _sign(path) == sign:
            path.unlink(missing_ok=True)
    finally:
        os.close(judge)


@contextlib.contextmanager
def _shown_alive(descriptor: int, stale_seconds: float | None) -> Generator[None]:
    """Touch the file again and again."""
    if stale_seconds is None:
        yield
        return
    over, pause_seconds = threading.Event(), stale_seconds / 10

    def touch() -> None:
        while not over.wait(pause_seconds):
            os.utime(descriptor)

    os.utime(descriptor)
    thread = threading.Thread(target=touch, name="lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

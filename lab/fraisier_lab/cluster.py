"""A throwaway PostgreSQL cluster made with given server binaries."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from fraisier_lab.account import Account, readable_folder, unprivileged
from fraisier_lab.lifetime import die_with_parent

PORT_ATTEMPTS = 3
START_SECONDS = 20.0
# Data that nobody keeps needs no safety on the disk.
SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=128MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "max_wal_size=256MB",
    "listen_addresses=127.0.0.1",
)
# For measuring and for what is about durability: the server's own defaults, on a disk.
DURABLE_SETTINGS = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=200",
    "shared_buffers=128MB",
    "listen_addresses=127.0.0.1",
)
# For one that is killed and started again: what it has committed the system has, on no disk.
MORTAL_SETTINGS = (
    *(each for each in SETTINGS if not each.startswith("synchronous_commit")),
    "synchronous_commit=on",
)


class CannotStartError(Exception):
    """The binaries are missing or refuse; the text says why."""


def start_installed(*, durable: bool = False) -> tuple[str, Callable[[], None]]:
    """
    Start a cluster with the newest server that is installed; a durable one keeps what
    it has committed when the power goes, as PostgreSQL does where nobody told it otherwise.

    Raises:
        CannotStartError: No server is installed, or it does not come up.
    """
    found = binaries()
    if found is None:
        raise CannotStartError("no initdb and postgres found")
    return start(found, durable=durable)


def start(binaries: Path, *, durable: bool = False) -> tuple[str, Callable[[], None]]:
    """
    Make a cluster with the server in ``binaries``; return its URL and its end.

    PostgreSQL refuses to run as root, so root hands the cluster to an
    unprivileged account.

    Raises:
        CannotStartError: The server does not come up.
    """
    account = unprivileged()
    folder = readable_folder("fraisier-pg-", account, in_memory=not durable)
    try:
        password = _initialise(binaries, folder, account)
        process, port = _serve(binaries, folder, account, DURABLE_SETTINGS if durable else SETTINGS)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

    def stop() -> None:
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)

    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", stop


class Mortal:
    """
    A cluster that can die and come back: ``url`` stays. Made with the server in ``binaries``.

    Raises:
        CannotStartError: The server does not come up.
    """

    def __init__(self, binaries: Path) -> None:
        self._binaries, self._account = binaries, unprivileged()
        self._folder = readable_folder("fraisier-pg-", self._account, in_memory=True)
        try:
            password = _initialise(binaries, self._folder, self._account)
            served = _serve(binaries, self._folder, self._account, MORTAL_SETTINGS)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._process, self._port = served
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self._port}/postgres"

    def die(self) -> None:
        """End at once without saving anything, as ``pg_ctl stop -m immediate`` does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def come_back(self) -> None:
        """
        Start again on the same data and port; returns when connections are accepted.

        Raises:
            CannotStartError: It does not come up.
        """
        options = (*MORTAL_SETTINGS, *_place(self._folder, self._port))
        self._process = _spawn(self._binaries, self._folder, self._account, options)
        if not _answers(self._process, self._port):
            raise CannotStartError(f"postgres: {_last_words(self._folder)}")

    def stop(self) -> None:
        """End it and remove its data."""
        _stop(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


def binaries() -> Path | None:
    """The programs of the newest server that is installed; None when there is none."""
    return next(iter(_installed()), None)


def _installed() -> Iterable[Path]:
    folders = sorted(
        (*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")),
        key=_version,
        reverse=True,
    )
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()]


def _version(folder: Path) -> int:
    digits = "".join(c for c in folder.parent.name if c.isdigit())
    return int(digits or 0)


def _initialise(binaries: Path, folder: Path, account: Account) -> str:
    password = secrets.token_hex(16)
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
        file.write(password)
    account.own(Path(file.name))
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres"]
    command += ["-A", "password", f"--pwfile={file.name}", "-E", "UTF8", "--no-locale", "-N"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, check=False, **account.options()
    )
    Path(file.name).unlink()
    if done.returncode != 0:
        raise CannotStartError(f"initdb: {done.stderr.strip()[-300:]}")
    return password


def _serve(
    binaries: Path, folder: Path, account: Account, settings: Iterable[str]
) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(PORT_ATTEMPTS):
        port = _free_port()
        options = (*settings, *_place(folder, port))
        process = _spawn(binaries, folder, account, options)
        if _answers(process, port):
            return process, port
        _stop(process)
    raise CannotStartError(f"postgres: {_last_words(folder)}")


def _place(folder: Path, port: int) -> tuple[str, str]:
    return f"port={port}", f"unix_socket_directories={folder}"


def _last_words(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-300:]


def _spawn(
    binaries: Path, folder: Path, account: Account, settings: Iterable[str]
) -> subprocess.Popen[bytes]:
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    for setting in settings:
        command += ["-c", setting]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen[bytes](
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
            **account.options(),
        )


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the postmaster says in its pid file that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    data = Path(process.args[2])  # type: ignore[index]  # the list made in _spawn
    while time.monotonic() < deadline and process.poll() is None:
        lines = _lines(data / "postmaster.pid")
        own = lines[:1] == [str(process.pid)]  # not what one that died has left
        if own and len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

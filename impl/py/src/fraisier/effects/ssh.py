"""
Run fixed scripts on a host: over OpenSSH, with one shared connection, or right here.

A script is a constant text of POSIX shell. What changes goes in as its positional
parameters (visible to whoever lists processes there) or on its standard input (not).
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shlex
import stat
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fraisier.domain.errors import FraisierError
from fraisier.effects.files import never, tail
from fraisier.effects.process import Completed, ask, base_environment, run, spawn_detached

CONNECT_SECONDS = 10
OPEN_SECONDS = 30  # also for one that takes connections and then says nothing
IDLE_SECONDS = 60
_FOLDER_CHARACTERS_MAX = 50  # the path of a socket has about a hundred
_UNREACHABLE = 255  # what ssh itself ends with; no script here does


@dataclass(frozen=True, slots=True)
class Address:
    """
    How to get to a host. Its key must be known already, and nothing is ever asked for.

    ``known_hosts`` replaces the files that OpenSSH looks into, ``identity_file`` the keys
    that it would try.
    """

    host: str
    user: str | None = None
    port: int | None = None
    identity_file: str | None = None
    known_hosts: str | None = None


class Host:
    """One host by its address, or this machine (``None``)."""

    def __init__(self, address: Address | None) -> None:
        self._address = address

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self._address.host if self._address else "this host"

    @property
    def is_here(self) -> bool:
        """Whether nothing goes over the network."""
        return self._address is None

    def run(
        self,
        script: str,
        parameters: Sequence[str],
        *,
        timeout_seconds: float,
        stdin: bytes | IO[bytes] = b"",
        on_line: Callable[[str], None] | None = None,
        secrets: Collection[str] = (),
        should_stop: Callable[[], bool] = never,
    ) -> Completed:
        """
        Run the script there to its end. When this process dies first, a script on another
        host runs on to its end; one on this machine ends too.

        Raises:
            FraisierError: ``host-unreachable``, ``tool-missing``, ``step-timeout``.
            Stopped: ``should_stop`` became true.
        """
        command = ["sh", "-c", script, "fraisier", *parameters]
        if self._address is not None:
            _connections.open(self._address)
            command = [
                *_client(self._address, _connections.socket(self._address)),
                "-o", "ControlMaster=no", "--", self._address.host, shlex.join(command),
            ]  # fmt: skip
        done = run(
            command,
            timeout_seconds=timeout_seconds,
            stdin=stdin,
            on_line=on_line,
            secrets=secrets,
            should_stop=should_stop,
        )
        if self._address is not None and done.exit_status == _UNREACHABLE:
            raise _unreachable(self._address, done.tail)
        return done


class _Connections:
    """One connection a host that later programs share; closed when this process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: set[Address] = set()

    def socket(self, address: Address) -> Path:
        """Where the connection is found; its name is short, for there is a limit."""
        name = f"{os.getpid()} {address!r}"
        return _folder() / hashlib.sha256(name.encode()).hexdigest()[:16]

    def open(self, address: Address) -> None:
        """Connect, unless there is a connection already."""
        socket = self.socket(address)
        with self._lock:
            if socket.exists():
                return
            self._opened.add(address)
            log = socket.with_suffix(".log")
            log.unlink(missing_ok=True)
            persist = ["-o", "ControlMaster=yes", "-o", f"ControlPersist={IDLE_SECONDS}"]
            command = [*_client(address, socket), *persist, "-E", str(log), "-N", "-f"]
            status = _started([*command, "--", address.host])
            said = tail(log, 5)
            log.unlink(missing_ok=True)
        if status is None:
            said = [f"nobody was let in within {OPEN_SECONDS} s"]
        if status != 0:
            raise _unreachable(address, said)

    def close(self) -> None:
        """Close every connection that this process opened."""
        for address in list(self._opened):
            socket = self.socket(address)
            if socket.exists():
                command = [*_client(address, socket), "-O", "exit", "--", address.host]
                with contextlib.suppress(FraisierError):  # it ends by itself when nobody uses it
                    ask(command, timeout_seconds=5, environment=base_environment())


_connections = _Connections()
atexit.register(_connections.close)


def _started(command: Sequence[str]) -> int | None:
    try:
        return spawn_detached(command, base_environment(), OPEN_SECONDS)
    except OSError as error:
        message = f"cannot run ssh: {error.strerror}"
        raise FraisierError(message, code="tool-missing") from error


def _client(address: Address, socket: Path) -> list[str]:
    options = [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        f"ConnectTimeout={CONNECT_SECONDS}",
        "ServerAliveInterval=5",
        "ServerAliveCountMax=3",
        "ForwardAgent=no",
        "ClearAllForwardings=yes",
        "LogLevel=ERROR",
        f"ControlPath={socket}",
    ]
    if address.known_hosts:
        options += [f'UserKnownHostsFile="{address.known_hosts}"', "GlobalKnownHostsFile=none"]
    if address.identity_file:
        options += ["IdentitiesOnly=yes", f'IdentityFile="{address.identity_file}"']
    words = [word for option in options for word in ("-o", option)]
    words += ["-l", address.user] if address.user else []
    words += ["-p", str(address.port)] if address.port else []
    return ["ssh", "-T", *words]


def _unreachable(address: Address, said: Sequence[str]) -> FraisierError:
    text = " ".join(line.strip() for line in said if line.strip()) or "no connection"
    hint = None
    if "Host key verification failed" in text:
        hint = "its key is not the one in known_hosts; see that it is the right host first"
    message = f"{address.host} cannot be reached: {text}"
    return FraisierError(message, code="host-unreachable", hint=hint)


def _folder() -> Path:
    """A private folder with a short name, the same for all processes of this account."""
    usual = tempfile.gettempdir()
    parent = usual if len(usual) <= _FOLDER_CHARACTERS_MAX else "/tmp"
    folder = Path(parent) / f"fraisier-ssh-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or found.st_mode & 0o077:
        raise FraisierError(f"{folder} is in the way of SSH connections", code="provider-failed")
    return folder

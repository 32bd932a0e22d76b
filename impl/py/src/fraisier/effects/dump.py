"""
Dump the databases of fraises into files, and look whether a dump can be trusted.

PostgreSQL with ``pg_dump`` (custom format), SQLite with its online backup. A file has
its name only when it is whole and was looked at. Passwords travel in the environment.
"""

from __future__ import annotations

import os
import re
import secrets as random
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from fraisier.domain.errors import FraisierError
from fraisier.effects.files import never
from fraisier.effects.process import Completed, base_environment, run

SUFFIXES = {"postgresql": ".dump", "sqlite": ".sqlite3"}
# A check connects to its scratch database at once: one of this age that nobody uses is left over.
LEFT_OVER_SECONDS = 300
_PARTIAL = ".partial"
_SCRATCH = re.compile(r"fraisier_check_([0-9a-f]{8,12})_[0-9a-f]{12}")
_LIST_SCRATCH = r"SELECT datname FROM pg_database WHERE datname LIKE 'fraisier\_check\_%'"
_COPY = Path(__file__).resolve().parents[1] / "db" / "sqlite_copy.py"


class Source(NamedTuple):
    """A database to dump: ``postgresql`` with a URL, ``sqlite`` with the path of its file."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Dumper:
    """
    Runs the tools that dump and check, each for ``timeout_seconds`` at most.

    Raises (every method):
        FraisierError: ``backup-failed`` with the tool's last lines, ``tool-missing``,
            ``step-timeout``.
        Stopped: ``should_stop`` became true; nothing half-done is left.
    """

    timeout_seconds: float
    on_line: Callable[[str], None] | None = None
    secrets: Collection[str] = field(default=())
    should_stop: Callable[[], bool] = never

    def dump(self, source: Source, file: Path) -> int:
        """
        Write the database into a new file, look at it, and return its size in bytes.

        The folder is made when it is not there; the file is readable by its owner only.
        """
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}{_PARTIAL}")
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        try:
            self._tool(_dump_command(source, partial), source, "the dump")
            self.check(source.kind, partial)
            _keep(partial, file)
        finally:
            partial.unlink(missing_ok=True)
        return file.stat().st_size

    def check(self, kind: str, file: Path) -> None:
        """Read the dump as a whole: ``pg_restore --list``, or SQLite's integrity check."""
        if file.stat().st_size == 0:
            raise FraisierError(f"the dump {file.name} is empty", code="backup-failed")
        command = (
            ["pg_restore", "--list", str(file)]
            if kind == "postgresql"
            else _sqlite_copy("check", file)
        )
        self._tool(command, None, "the check of the dump", quiet=True)

    def check_restore(self, source: Source, file: Path) -> None:
        """Restore the dump into a scratch database beside the real one, and drop that again."""
        if source.kind != "postgresql":
            scratch = file.with_name(f".{file.name}.restored")
            scratch.unlink(missing_ok=True)
            try:
                self._tool(_sqlite_copy("copy", file, scratch), None, "the restore check")
                self.check("sqlite", scratch)
            finally:
                scratch.unlink(missing_ok=True)
            return
        with self._scratch_database(source) as scratch:
            restore = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"]
            command = [*restore, f"--dbname={public_url(scratch.address)}", str(file)]
            self._tool(command, scratch, "the restore check")

    @contextmanager
    def _scratch_database(self, source: Source) -> Generator[Source]:
        server = f"--maintenance-db={public_url(source.address)}"
        for left in self._left_over(source):
            with suppress(FraisierError):  # somebody uses it: it is not left over
                self._tool(["dropdb", server, "--if-exists", left], source, "the clean-up")
        name = f"fraisier_check_{int(time.time()):08x}_{random.token_hex(6)}"
        self._tool(["createdb", server, "--template=template0", name], source, "the restore check")
        try:
            parts = urlsplit(source.address)
            yield Source(source.kind, _joined(parts._replace(path=f"/{name}")))
        finally:
            drop = Dumper(min(60.0, self.timeout_seconds), self.on_line, self.secrets)
            drop._tool(["dropdb", server, "--if-exists", "--force", name], source, "the clean-up")

    def _left_over(self, source: Source) -> Iterator[str]:
        """Scratch databases of checks that were killed: their names say how old they are."""
        options = ["-X", "-A", "-t", "-q", "-w", f"--dbname={public_url(source.address)}"]
        done = self._run(["psql", *options, "-c", _LIST_SCRATCH], source, quiet=True)
        for name in done.stdout.split():
            match = _SCRATCH.fullmatch(name)
            if match and int(match[1], 16) < time.time() - LEFT_OVER_SECONDS:
                yield name

    def _tool(
        self, command: Sequence[str], source: Source | None, doing: str, *, quiet: bool = False
    ) -> None:
        done = self._run(command, source, quiet)
        if not done.ok:
            raise FraisierError(f"{doing} {done.describe()}", code="backup-failed")

    def _run(self, command: Sequence[str], source: Source | None, quiet: bool) -> Completed:
        password = url_password(source.address) if source and source.kind == "postgresql" else None
        return run(
            command,
            timeout_seconds=self.timeout_seconds,
            environment={**base_environment(), **({"PGPASSWORD": password} if password else {})},
            on_line=None if quiet else self.on_line,
            secrets=frozenset({*self.secrets, *([password] if password else [])}),
            should_stop=self.should_stop,
        )


def _dump_command(source: Source, file: Path) -> list[str]:
    if source.kind == "postgresql":
        asked = ["--no-password", f"--dbname={public_url(source.address)}", f"--file={file}"]
        return ["pg_dump", "--format=custom", *asked]
    if source.kind == "sqlite":
        path = Path(source.address)
        if not path.is_file():
            raise FraisierError(f"there is no database {path}", code="backup-failed")
        return _sqlite_copy("copy", path, file)
    message = f"databases of type {source.kind} cannot be dumped"
    raise FraisierError(message, code="backup-failed")


def _sqlite_copy(verb: str, *paths: Path) -> list[str]:
    return [sys.executable, "-I", "-S", str(_COPY), verb, *map(str, paths)]


def public_url(url: str) -> str:
    """The URL without its password: everybody on the machine sees command lines."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
    netloc = f"{user.partition(':')[0]}{at}{host}"
    return _joined(parts._replace(netloc=netloc, query=urlencode(query)))


def _joined(parts: SplitResult) -> str:
    """Not ``urlunsplit``: that loses the slashes of ``postgresql:///name``."""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"


def url_password(url: str) -> str | None:
    """The password of a URL, as it is meant: without the escapes of the address."""
    parts = urlsplit(url)
    written = dict(parse_qsl(parts.query)).get("password")
    return written or (unquote(parts.password) if parts.password else None)


def _keep(partial: Path, file: Path) -> None:
    """Give the dump its name once it is surely on the disk."""
    descriptor = os.open(partial, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(file)

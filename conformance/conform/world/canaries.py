"""
Secrets that nothing else looks like, one of every kind, and where one could turn up.

Whoever finds a canary outside of the places that need it has found a leak.
"""

from __future__ import annotations

import base64
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conform.databases import Scratch
from conform.dialects.sqlite import path_of
from conform.world.leftovers import belonging_to

TABLES = {
    "sqlite": """
        SELECT name FROM sqlite_master
         WHERE type IN ('table', 'view') AND (name LIKE 'tb!_%' ESCAPE '!'
            OR name LIKE 'v!_%' ESCAPE '!')
    """,
    "postgresql": """
        SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = 'public' AND (table_name LIKE 'tb!_%' ESCAPE '!'
            OR table_name LIKE 'v!_%' ESCAPE '!')
    """,
}


class Canaries:
    """Kind of secret -> the secret; every one has its own mark in it."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def __getitem__(self, kind: str) -> str:
        """The mark of a kind: letters and digits only, so no escaping changes it."""
        made = f"canary{kind.replace('-', '')}{uuid.uuid4().hex[:12]}"
        return self._marks.setdefault(kind, made)

    def key(self, kind: str) -> str:
        """A secret of several lines, as keys are, each with its own mark."""
        lines = "\n".join(self[f"{kind}-{number}"] * 2 for number in range(3))
        name = "PRIVATE KEY"
        return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----"

    def kinds(self) -> list[str]:
        """Every kind that was asked for."""
        return sorted(self._marks)

    def within(self, data: bytes | str) -> list[str]:
        """The kinds that are in the text, in clear, in capitals, backwards or as base64."""
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        squeezed = text.lower()
        found = {kind for kind, mark in self._marks.items() if mark in squeezed}
        found |= {kind for kind, mark in self._marks.items() if mark[::-1] in squeezed}
        found |= {kind for kind, mark in self._marks.items() if _encoded(mark, text)}
        return sorted(found)


def _encoded(mark: str, text: str) -> bool:
    """Whatever stands before it, a mark of this length has one of three codes."""
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + mark.encode()).decode()
        middle = code[4 if shift else 0 : len(code) - 4]
        if middle in text:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Leak:
    """A place where a canary is, and which."""

    where: str
    kinds: tuple[str, ...]


def in_database(scratch: Scratch, canaries: Canaries) -> Iterator[Leak]:
    """Every column of every row of every table and view, and the bytes of a file."""
    names = [str(row["name"]) for row in scratch.rows(TABLES[scratch.dialect])]
    assert len(names) > 10, names
    for name in names:
        for row in scratch.rows(f"SELECT * FROM {name}"):
            for column, value in row.items():
                if kinds := canaries.within(str(value)):
                    yield Leak(f"{name}.{column}: {str(value)[:300]}", tuple(kinds))
    if scratch.dialect == "sqlite":
        path = path_of(scratch.url)
        for file in (path, path.with_name(f"{path.name}-wal")):
            if file.exists() and (kinds := canaries.within(file.read_bytes())):
                yield Leak(f"bytes of {file.name}", tuple(kinds))


def in_files(folder: Path, canaries: Canaries) -> Iterator[tuple[Path, Leak]]:
    """Every file below the folder, and its name."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if kinds := canaries.within(name):
            yield path, Leak(f"the name {name}", tuple(kinds))
        if path.is_file() and not path.is_symlink() and (kinds := canaries.within(_bytes(path))):
            yield path, Leak(name, tuple(kinds))


def in_processes(folder: Path, canaries: Canaries) -> Iterator[Leak]:
    """The argument lists of what runs there: everybody on the machine can read them."""
    for pid in belonging_to(folder):
        arguments = _bytes(Path(f"/proc/{pid}/cmdline"))
        if kinds := canaries.within(arguments):
            yield Leak(f"arguments of {re.sub(rb'[^ -~]', b' ', arguments)!r}", tuple(kinds))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@dataclass(slots=True)
class Mailbox:
    """Receives what is posted, on a path that nobody knows."""

    bodies: list[bytes] = field(default_factory=list[bytes])
    headers: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    def open(self) -> ThreadingHTTPServer:
        """Start it; its caller ends it."""
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                mailbox.headers.append(dict(self.headers))
                length = int(self.headers.get("Content-Length") or 0)
                mailbox.bodies.append(self.rfile.read(length))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

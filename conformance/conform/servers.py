"""Where scratch databases are made: a folder for SQLite, a server for PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager

from fraisier_lab import postgresql


@contextmanager
def places(dialects: Sequence[str], missing: Callable[[str], None]) -> Generator[dict[str, str]]:
    """
    A place for each dialect that can be had; ``missing`` is told the others in one
    line each. What was started is stopped at the end.
    """
    with ExitStack() as stack:
        found: dict[str, str] = {}
        if "sqlite" in dialects:
            folder = tempfile.mkdtemp(prefix="conform-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            found["sqlite"] = folder
        if "postgresql" in dialects:
            try:
                server = postgresql.start()
            except postgresql.UnavailableError as reason:
                missing(str(reason))
            else:
                stack.callback(server.stop)
                found["postgresql"] = server.url
        yield found

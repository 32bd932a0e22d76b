"""``python -m conform.warm``: load the definitions, so that later processes find them rewritten."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from conform.execution import execute
from conform.session import Session


def main() -> None:
    """Those about the database and those about implementations: a run needs both."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(_load, (None, "nobody")))


def _load(implementation: str | None) -> None:
    session = Session("", "", "sqlite", "", "", implementation, None, cases=())
    execute(session, 1, threading.Event(), None)


if __name__ == "__main__":
    main()

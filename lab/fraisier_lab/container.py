"""PostgreSQL in Docker, through testcontainers, when a daemon answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from fraisier_lab.cluster import CannotStartError

IMAGE = "postgres:17-alpine"


def start() -> tuple[str, Callable[[], None]]:
    """
    Start a container; return its URL and its end.

    Raises:
        CannotStartError: No daemon answers, testcontainers is not installed, or the
            image cannot be had.
    """
    _require_daemon()
    # The reaper is a second image to fetch; the container is removed here anyway.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    try:
        from testcontainers.postgres import PostgresContainer

        box = PostgresContainer(IMAGE, driver=None)
        box.with_command("postgres -c fsync=off -c max_connections=200")
        box.start()
    except Exception as reason:  # whatever a client library makes of a sick daemon
        raise CannotStartError(f"testcontainers: {reason}") from reason
    return box.get_connection_url(), box.stop


def _require_daemon() -> None:
    try:
        import docker

        client: Any = docker.from_env(timeout=3)
        client.ping()
    except ImportError as reason:
        raise CannotStartError("package testcontainers not installed") from reason
    except Exception as reason:  # the client raises many kinds
        raise CannotStartError("no daemon answers") from reason

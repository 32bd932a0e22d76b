"""The databases that a measurement goes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fraisier_lab import cluster

Measured = TypeVar("Measured")


def on_each(measure: Callable[[str], Measured]) -> dict[str, Measured]:
    """
    ``measure("sqlite")``, and the same with the URL of a durable PostgreSQL where one can
    be started; a line says so where none can.
    """
    results = {"sqlite": measure("sqlite")}
    try:
        url, stop = cluster.start_installed(durable=True)
    except (OSError, cluster.CannotStartError) as reason:
        print(f"PostgreSQL is not measured: {reason}")
        return results
    try:
        results["postgresql"] = measure(url)
    finally:
        stop()
    return results

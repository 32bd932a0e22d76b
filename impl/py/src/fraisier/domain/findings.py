"""What ``fraisier doctor`` finds: one thing that was looked at, and how it is."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """Whether a deployment would fail by it."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(NamedTuple):
    """
    One thing that was looked at.

    ``what`` is a sentence, ``where`` a place (``shop/production``, a key, a path, a host),
    ``hint`` says how to mend it. None of them may hold a secret.
    """

    level: Level
    what: str
    where: str | None = None
    hint: str | None = None


def fine(what: str, where: str | None = None) -> Finding:
    """It is as it should be."""
    return Finding(Level.OK, what, where)


def warning(what: str, where: str | None = None, hint: str | None = None) -> Finding:
    """It works, but not as somebody may expect."""
    return Finding(Level.WARNING, what, where, hint)


def problem(what: str, where: str | None = None, hint: str | None = None) -> Finding:
    """A deployment would fail by it."""
    return Finding(Level.PROBLEM, what, where, hint)

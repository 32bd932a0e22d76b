"""Moments as text: UTC, RFC 3339, milliseconds, as the database has them."""

from __future__ import annotations

from datetime import UTC, datetime


def as_text(seconds: float) -> str:
    """Seconds since 1970 as ``2026-01-31T12:00:00.000Z``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_seconds(text: str) -> float:
    """The other way round."""
    return datetime.fromisoformat(text).timestamp()

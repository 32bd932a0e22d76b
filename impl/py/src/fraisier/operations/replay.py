"""Route a stored webhook again: its rules were wrong, or what it asked for has to be done anew."""

from __future__ import annotations

import re

from fraisier.db import Database, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

PREFIX_DIGITS_MIN = 4
_PREFIX = re.compile(r"[0-9a-f]+(?:-[0-9a-f]*)*")


def replay_webhook(db: Database, webhook: str, actor: str | None) -> Answer:
    """
    Route it under the rules of now, as a webhook of its own; the answer's entity is that one.

    ``webhook`` is an id, or as much of its beginning as no other one has.

    Raises:
        FraisierError: ``unknown-webhook``; ``invalid-argument``: several begin like that.

    SQL: fn_replay_webhook
    """
    found = _full_id(db, webhook)
    return refuse(db.call("fn_replay_webhook", webhook_id=found, actor=actor))


def _full_id(db: Database, start: str) -> str:
    """The one id that begins like that; without one, what was given."""
    text = start.strip().lower()
    if not _PREFIX.fullmatch(text) or len(text) < PREFIX_DIGITS_MIN:
        return start
    after = _just_below(text)
    beyond = None if after is None else ("id", after)
    rows = db.read("v_recent_webhooks", order=("id",), limit=2, after=beyond)
    found = [str(row["id"]) for row in rows if str(row["id"]).startswith(text)]
    if len(found) > 1:
        message, hint = f"several webhooks begin with {start}", "give more of the id"
        raise FraisierError(message, code="invalid-argument", hint=hint)
    return found[0] if found else start


def _just_below(start: str) -> str | None:
    """The id right before all that begin so; ids are in the order of their digits."""
    number = int(start.replace("-", "").ljust(32, "0")[:32], 16)
    if number == 0:
        return None
    digits = f"{number - 1:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

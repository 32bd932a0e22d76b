"""Arguments on their way in and answers on their way out, the same for every dialect."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from fraisier.domain.values import Answer


def new_command_id() -> str:
    """
    A command id that nobody has used: a UUID of version 7, which begins with the time.

    Ids that grow are written at the end of an index, where the pages are at hand.
    """
    milliseconds, chance = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | chance
    value = value & ~(0xF << 76) | 7 << 76
    return _hyphenated(value & ~(3 << 62) | 2 << 62)


def _hyphenated(value: int) -> str:
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments without the absent ones; what has a structure becomes JSON text."""
    return {name: _encoded(value) for name, value in arguments.items() if value is not None}


def _encoded(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.dumps(dict(cast("Mapping[str, Any]", value)), separators=(",", ":"))
    if isinstance(value, (list, tuple)):
        return json.dumps(value, separators=(",", ":"))
    return str(value) if isinstance(value, uuid.UUID) else value


def decoded(value: Any) -> Any:
    """A JSON column: text is parsed, what the driver has parsed already stays."""
    return json.loads(value) if isinstance(value, (str, bytes)) else value


def answer_of(row: Sequence[Any]) -> Answer:
    """One row of ``statements.ANSWER_COLUMNS``."""
    return Answer(
        succeeded=bool(row[0]),
        state_changed=bool(row[1]),
        error_class=row[2],
        status_detail=row[3],
        http_status=int(row[4]),
        message=row[5] or "",
        entity_id=None if row[6] is None else str(row[6]),
        entity_type=row[7],
        entity=decoded(row[8]),
        updated_fields=() if row[9] == "[]" else tuple(decoded(row[9]) or ()),
        cascade=decoded(row[10]),
        error_detail=decoded(row[11]),
        metadata=decoded(row[12]) or {},
    )

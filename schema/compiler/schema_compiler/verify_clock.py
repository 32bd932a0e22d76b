"""Which views read the clock: what they show changes while the database does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schema_compiler.names import parse_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_compiler.reader import Where
    from schema_compiler.scratch import Scratch

Plan = dict[str, Any]

_CLOCK = re.compile(r"'now'|\b(?:now|clock_timestamp|statement_timestamp)\(|\bcurrent_time", re.I)
_VIEW = re.compile(r"\bv_[a-z_]+\b")


def verify_clock(plan: Plan, scratch: Scratch, fail: Callable[[Where, str, str], None]) -> None:
    """A query whose rows depend on the time says so, or its answers would be kept too long."""
    for name, query in plan["queries"].items():
        views = {query["source"]} | _views_below(plan, query["type"])
        clocked = sorted(view for view in views if _reads_clock(scratch, view, set()))
        if clocked and not query["clock"]:
            fail(("queries", name), f"{clocked[0]} reads the clock", "add clock: true")


def _reads_clock(scratch: Scratch, view: str, seen: set[str]) -> bool:
    if view in seen:
        return False
    seen.add(view)
    sql = scratch.definition(view)
    return bool(_CLOCK.search(sql)) or any(
        _reads_clock(scratch, other, seen) for other in _VIEW.findall(sql)
    )


def _views_below(plan: Plan, start: str) -> set[str]:
    """Views of the lists that can be selected below a type."""
    views: set[str] = set()
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        parsed = parse_type(waiting.pop() or "")
        if parsed is None or parsed.name in seen or parsed.name not in plan["types"]:
            continue
        seen.add(parsed.name)
        for bound in plan["types"][parsed.name]["fields"].values():
            waiting.append(bound["type"])
            if "list" in bound:
                views.add(bound["list"]["source"])
    return views

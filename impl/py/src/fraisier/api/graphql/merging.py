"""
Whether fields of one response key can be merged, in time that grows with the document.

graphql-core compares every pair, which a client can make expensive: 200 times the same
field take it a second. Every type here is an object, so two fields that meet have the same
parent; then "alike" is transitive, and comparing each with the first is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STEPS_MAX = 50_000

Pair = tuple[Any, Any]


class Merging:
    """Looks for two fields of one key that differ in their name or arguments."""

    def __init__(self, fragments: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._seen: set[frozenset[int]] = set()
        self._steps = 0

    def conflict(self, *selection_sets: Any) -> Pair | None:
        """
        The first two fields that cannot be merged.

        Raises:
            RecursionError: There is too much to compare.
        """
        key = frozenset(map(id, selection_sets))
        if key in self._seen:
            return None
        self._seen.add(key)
        groups: dict[str, list[Any]] = {}
        spread: set[str] = set()
        for each in selection_sets:
            self._collect(each, groups, spread)
        return self._conflict_in(groups)

    def _conflict_in(self, groups: Mapping[str, list[Any]]) -> Pair | None:
        for nodes in groups.values():
            for node in nodes[1:]:
                if not _are_alike(nodes[0], node):
                    return nodes[0], node
            below = [node.selection_set for node in nodes if node.selection_set]
            found = self.conflict(*below) if below else None
            if found is not None:
                return found
        return None

    def _collect(self, selection_set: Any, groups: dict[str, list[Any]], spread: set[str]) -> None:
        self._steps += len(selection_set.selections)
        if self._steps > STEPS_MAX:
            raise RecursionError("too many fields to compare")
        for node in selection_set.selections:
            if node.kind == "field":
                groups.setdefault((node.alias or node.name).value, []).append(node)
            elif node.kind == "inline_fragment":
                self._collect(node.selection_set, groups, spread)
            elif node.name.value not in spread and node.name.value in self._fragments:
                spread.add(node.name.value)
                self._collect(self._fragments[node.name.value].selection_set, groups, spread)


def _are_alike(one: Any, other: Any) -> bool:
    if one.name.value != other.name.value:
        return False
    if not one.arguments and not other.arguments:
        return True
    return _arguments(one) == _arguments(other)


def _arguments(node: Any) -> dict[str, str]:
    from graphql import print_ast

    return {each.name.value: print_ast(each.value) for each in node.arguments or ()}

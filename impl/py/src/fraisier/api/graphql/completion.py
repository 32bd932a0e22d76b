"""Nullability: a null where the schema promises a value becomes an error, one level up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from fraisier.api.graphql.failures import describe

if TYPE_CHECKING:
    from fraisier.api.graphql.selection import Selected

Path = tuple[str | int, ...]


class NullViolationError(Exception):
    """A null that has to be passed on to the field around it."""


class Suspicion:
    """
    Finds every null in JSON text that may break a promise, without decoding it.

    It may find innocent ones too: then :func:`complete` decides.
    """

    def __init__(self, selected: Selected) -> None:
        required: set[str] = set()
        nullable: set[str] = set()
        for child in _descendants(selected):
            if child.field is not None:
                (required if child.field.type.required else nullable).add(child.key)
        # Databases write one of these two forms; counting them is much faster than a pattern.
        innocent = nullable - required
        self._allowed = [f'"{key}":null' for key in innocent]
        self._allowed += [f'"{key}" : null' for key in innocent]
        self._pattern = _pattern(selected, required)

    def finds(self, text: str) -> bool:
        """Whether ``text`` has to be looked at closely."""
        if self._pattern is None:
            return False
        nulls = text.count("null")
        if not nulls or nulls == sum(map(text.count, self._allowed)):
            return False
        return self._pattern.search(text) is not None


def _pattern(selected: Selected, required: set[str]) -> re.Pattern[str] | None:
    patterns = [rf'"(?:{"|".join(sorted(required))})"\s*:\s*null'] if required else []
    fields = [selected.field, *(child.field for child in _descendants(selected))]
    if any(field is not None and field.type.element_required for field in fields):
        patterns.append(r"[\[,]\s*null\s*[,\]]")
    return re.compile("|".join(patterns)) if patterns else None


def _descendants(selected: Selected) -> Iterator[Selected]:
    for child in selected.children or ():
        yield child
        yield from _descendants(child)


def complete(value: Any, selected: Selected, path: Path, errors: list[dict[str, Any]]) -> Any:
    """
    ``value`` with nulls passed on as GraphQL says, and an error for each.

    Raises:
        NullViolationError: The field itself may not be null.
    """
    field = selected.field
    if field is None:
        return value
    try:
        completed = _complete_inside(value, selected, path, errors)
    except NullViolationError:
        completed = None
        if field.type.required:
            raise
    else:
        if completed is None and field.type.required:
            errors.append(_violation(field.name, selected, path))
            raise NullViolationError
    return completed


def _complete_inside(
    value: Any, selected: Selected, path: Path, errors: list[dict[str, Any]]
) -> Any:
    field = selected.field
    assert field is not None
    if value is None:
        return None
    if not field.type.is_list:
        return _object(value, selected, path, errors)
    elements: list[Any] = []
    for index, element in enumerate(value):
        place = (*path, index)
        try:
            completed = _object(element, selected, place, errors)
        except NullViolationError:
            if field.type.element_required:
                raise
            completed = None
        else:
            if completed is None and field.type.element_required:
                errors.append(_violation(field.name, selected, place))
                raise NullViolationError
        elements.append(completed)
    return elements


def _object(value: Any, selected: Selected, path: Path, errors: list[dict[str, Any]]) -> Any:
    if value is None or selected.children is None:
        return value
    given = cast("Mapping[str, Any]", value)
    return {
        child.key: complete(given.get(child.key), child, (*path, child.key), errors)
        for child in selected.children
    }


def _violation(name: str, selected: Selected, path: Path) -> dict[str, Any]:
    message = f"Cannot return null for non-nullable field {name}."
    return describe(message, "internal", selected.location, path)

"""The answer of an ``fn_*`` in the client's selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from fraisier.api.graphql.selection import Selected
    from fraisier.domain.errors import FraisierError
    from fraisier.domain.values import Answer


def project_answer(answer: Answer, selected: Selected) -> dict[str, Any]:
    """The answer's columns, and its entity below them, under the client's keys."""

    def read(response: str) -> Any:
        return getattr(answer, response)

    return _project_response(selected, read)


def project_refusal(error: FraisierError, selected: Selected) -> dict[str, Any]:
    """A refusal before the function was called, in the form of the function's own."""
    columns = {"succeeded": False, "message": error.message, "status_detail": error.code}
    return _project_response(selected, columns.get)


def _project_response(selected: Selected, read: Any) -> dict[str, Any]:
    projected: dict[str, Any] = {}
    for child in selected.children or ():
        if child.field is None:
            projected[child.key] = child.type_name
        else:
            projected[child.key] = project(read(child.field.response), child)
    return projected


def project(value: Any, selected: Selected) -> Any:
    """``value`` as ``data`` holds it, reduced to what is selected."""
    if value is None or selected.children is None:
        return value
    if isinstance(value, list):
        return [project(element, selected) for element in cast("list[Any]", value)]
    return {
        child.key: child.type_name
        if child.field is None
        else project(value_at(value, child.field.path), child)
        for child in selected.children
    }


def value_at(value: Any, path: Sequence[str]) -> Any:
    """What lies at a path of ``data``; None where there is nothing."""
    for key in path:
        value = cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None
    return value

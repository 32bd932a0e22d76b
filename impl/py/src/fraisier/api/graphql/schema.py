"""``CompiledSchema.json`` as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BUILT_IN_SCALARS = frozenset({"Boolean", "Float", "ID", "Int", "String"})


@dataclass(frozen=True, slots=True)
class Type:
    """A type text taken apart: ``[Step!]!``."""

    name: str
    is_list: bool
    required: bool
    element_required: bool

    @classmethod
    def parse(cls, text: str) -> Type:
        """Read a type text of the compiled schema, which is known to be right."""
        required = text.endswith("!")
        inner = text.removesuffix("!")
        is_list = inner.startswith("[")
        inner = inner.strip("[]")
        return cls(inner.removesuffix("!"), is_list, required, is_list and inner.endswith("!"))


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument and the column, limit or parameter that it is bound to."""

    name: str
    type: Type
    default: Any
    operator: str = "parameter"
    columns: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ListBinding:
    """Rows of a view that belong to the object: ``match`` pairs columns with its keys."""

    source: str
    match: tuple[tuple[str, str], ...]
    order: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field of a type or of the root, and what it reads.

    ``columns`` are native columns by dialect; ``nested`` the ones that an object's
    fields are read from. Without them, ``path`` leads to the value in ``data``.
    """

    name: str
    type: Type
    path: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    nested: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    response: str | None = None
    rows: ListBinding | None = None
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Root:
    """A query, a mutation or a subscription."""

    field: Field
    plan: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A type with its fields; ``source`` is the view whose rows are such objects."""

    name: str
    source: str | None
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """Everything that an executor needs."""

    sdl: str
    enums: Mapping[str, frozenset[str]]
    scalars: frozenset[str]
    types: Mapping[str, ObjectType]
    queries: Mapping[str, Root]
    mutations: Mapping[str, Root]
    subscriptions: Mapping[str, Root]

    @classmethod
    def from_plan(cls, plan: Mapping[str, Any]) -> CompiledSchema:
        """Read the decoded ``CompiledSchema.json``."""
        return cls(
            sdl=plan["sdl"],
            enums={name: frozenset(entry["values"]) for name, entry in plan["enums"].items()},
            scalars=BUILT_IN_SCALARS | frozenset(plan["scalars"]),
            types={name: _object(name, entry) for name, entry in plan["types"].items()},
            queries={name: _root(name, entry) for name, entry in plan["queries"].items()},
            mutations={name: _root(name, entry) for name, entry in plan["mutations"].items()},
            subscriptions={n: _root(n, entry) for n, entry in plan["subscriptions"].items()},
        )


def _object(name: str, entry: Mapping[str, Any]) -> ObjectType:
    fields = {field: _field(field, bound) for field, bound in entry["fields"].items()}
    return ObjectType(name, entry["source"], fields)


def _root(name: str, entry: Mapping[str, Any]) -> Root:
    return Root(_field(name, entry), entry)


def _field(name: str, entry: Mapping[str, Any]) -> Field:
    rows = entry.get("list")
    return Field(
        name=name,
        type=Type.parse(entry["type"]),
        path=tuple(entry.get("path", ())),
        columns=entry.get("column", {}),
        nested=entry.get("columns", {}),
        response=entry.get("response"),
        rows=ListBinding(rows["source"], _pairs(rows["match"]), _pairs(rows["order"]))
        if rows
        else None,
        arguments=tuple(_argument(argument) for argument in entry.get("arguments", ())),
    )


def _argument(entry: Mapping[str, Any]) -> Argument:
    return Argument(
        name=entry["name"],
        type=Type.parse(entry["type"]),
        default=entry.get("default"),
        operator=entry.get("operator", "parameter"),
        columns=_pairs(entry.get("columns", ())),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        parameter=entry.get("parameter"),
    )


def _pairs(entries: Any) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in entries)

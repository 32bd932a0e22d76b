"""
Validation of plain documents by the compiled schema alone, many times faster than by rules.

What it accepts is valid; what it does not is not necessarily wrong: it may only be unusual
(directives on operations, introspection, values that have to be coerced). The full rules
decide then. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from fraisier.api.graphql.merging import Merging
from fraisier.api.graphql.values import MAXIMUM_INT

if TYPE_CHECKING:
    from graphql import DocumentNode

    from fraisier.api.graphql.schema import Argument, CompiledSchema, Field

_LITERALS = {
    "Int": ("int_value",),
    "Float": ("int_value", "float_value"),
    "String": ("string_value",),
    "Boolean": ("boolean_value",),
    "ID": ("string_value", "int_value"),
}


class UnusualError(Exception):
    """The full rules have to decide."""


class Use(NamedTuple):
    """Where a variable is used: the type expected there, and whether null may be given."""

    variable: str
    type: str
    required: bool


def is_valid(document: DocumentNode, schema: CompiledSchema) -> bool:
    """Whether a document is plain and valid; False says nothing."""
    try:
        _Plain(document, schema).check()
    except (UnusualError, RecursionError):
        return False
    return True


class _Plain:
    def __init__(self, document: DocumentNode, schema: CompiledSchema) -> None:
        self._schema = schema
        nodes = cast("tuple[Any, ...]", document.definitions)
        self._operations = [n for n in nodes if n.kind == "operation_definition"]
        fragments = [n for n in nodes if n.kind == "fragment_definition"]
        self._fragments = {n.name.value: n for n in fragments}
        _need(len(fragments) == len(self._fragments))
        _need(len(nodes) == len(fragments) + len(self._operations))
        # Of each fragment: what it and those that it spreads use; None while it is read.
        self._uses: dict[str, frozenset[Use] | None] = {}
        self._roots = {
            "query": {name: root.field for name, root in schema.queries.items()},
            "mutation": {name: root.field for name, root in schema.mutations.items()},
        }

    def check(self) -> None:
        """Raises UnusualError unless everything is plain and valid."""
        names = [node.name.value if node.name else None for node in self._operations]
        _need(len(names) == len(set(names)) and (None not in names or len(names) == 1))
        merging = Merging(self._fragments)
        for operation in self._operations:
            self._check_operation(operation)
            _need(merging.conflict(operation.selection_set) is None)
        _need(self._uses.keys() == self._fragments.keys())

    def _check_operation(self, operation: Any) -> None:
        fields = self._roots.get(operation.operation.value)
        if fields is None or operation.directives:
            raise UnusualError
        root = operation.operation.value.capitalize()
        uses = self._selections(operation.selection_set, root, fields)
        defined = operation.variable_definitions or ()
        variables = {node.variable.name.value: node for node in defined}
        _need(len(variables) == len(defined))
        _need({use.variable for use in uses} == variables.keys())
        for node in variables.values():
            self._check_variable(node)
        for use in uses:
            _need(_fits(variables[use.variable], use))

    def _check_variable(self, node: Any) -> None:
        required = node.type.kind == "non_null_type"
        named = node.type.type if required else node.type
        _need(named.kind == "named_type" and not node.directives)
        name = named.name.value
        _need(name in _LITERALS or name in self._schema.enums)
        if node.default_value is not None:
            self._check_literal(node.default_value, name, required)

    def _selections(
        self, selection_set: Any, type_name: str, fields: Mapping[str, Field]
    ) -> set[Use]:
        uses: set[Use] = set()
        for node in selection_set.selections:
            _check_directives(node, uses)
            if node.kind == "field":
                self._field(node, fields, uses)
            elif node.kind == "inline_fragment":
                condition = node.type_condition
                _need(condition is None or condition.name.value == type_name)
                uses |= self._selections(node.selection_set, type_name, fields)
            else:
                uses |= self._fragment(node.name.value, type_name, fields)
        return uses

    def _fragment(self, name: str, type_name: str, fields: Mapping[str, Field]) -> frozenset[Use]:
        node = self._fragments.get(name)
        if node is None or node.type_condition.name.value != type_name or node.directives:
            raise UnusualError
        if name not in self._uses:
            self._uses[name] = None
            self._uses[name] = frozenset(self._selections(node.selection_set, type_name, fields))
        uses = self._uses[name]
        if uses is None:
            raise UnusualError  # a fragment within itself
        return uses

    def _field(self, node: Any, fields: Mapping[str, Field], uses: set[Use]) -> None:
        name = node.name.value
        if name == "__typename":
            _need(not node.arguments and node.selection_set is None)
            return
        field = fields.get(name)
        if field is None:
            raise UnusualError
        self._arguments(node, field, uses)
        target = self._schema.types.get(field.type.name)
        _need((target is None) == (node.selection_set is None))
        if target is not None:
            uses |= self._selections(node.selection_set, target.name, target.fields)

    def _arguments(self, node: Any, field: Field, uses: set[Use]) -> None:
        given = {entry.name.value: entry.value for entry in node.arguments or ()}
        _need(len(given) == len(node.arguments or ()))
        for argument in field.arguments:
            value = given.pop(argument.name, None)
            if value is not None:
                self._argument(argument, value, uses)
            else:
                _need(not argument.type.required or argument.default is not None)
        _need(not given)

    def _argument(self, argument: Argument, value: Any, uses: set[Use]) -> None:
        kind = argument.type
        _need(not kind.is_list)
        if value.kind == "variable":
            required = kind.required and argument.default is None
            uses.add(Use(value.name.value, kind.name, required))
        else:
            self._check_literal(value, kind.name, kind.required)

    def _check_literal(self, value: Any, type_name: str, required: bool) -> None:
        if value.kind == "null_value":
            _need(not required)
        elif type_name in self._schema.enums:
            _need(value.kind == "enum_value" and value.value in self._schema.enums[type_name])
        else:
            _need(value.kind in _LITERALS.get(type_name, ()))
            if type_name == "Int":
                # Longer texts are out of bounds, too, and int() would take its time.
                _need(len(value.value) <= 11)
                _need(-MAXIMUM_INT - 1 <= int(value.value) <= MAXIMUM_INT)


def _check_directives(node: Any, uses: set[Use]) -> None:
    seen: set[str] = set()
    for directive in node.directives or ():
        name = directive.name.value
        arguments: list[Any] = list(directive.arguments or ())
        _need(name in ("skip", "include") and name not in seen and len(arguments) == 1)
        seen.add(name)
        value = arguments[0].value
        _need(arguments[0].name.value == "if" and value.kind in ("variable", "boolean_value"))
        if value.kind == "variable":
            uses.add(Use(value.name.value, "Boolean", True))


def _fits(node: Any, use: Use) -> bool:
    """Whether a variable may stand where it is used."""
    is_required = node.type.kind == "non_null_type"
    named = node.type.type if is_required else node.type
    if named.name.value != use.type:
        return False
    default = node.default_value
    has_value = default is not None and default.kind != "null_value"
    return is_required or not use.required or has_value


def _need(is_so: bool) -> None:
    if not is_so:
        raise UnusualError

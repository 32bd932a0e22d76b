"""How much a document may ask for: aliases, depth, and the values of its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from fraisier.api.graphql.failures import RequestRefusedError

if TYPE_CHECKING:
    from graphql import DocumentNode, OperationDefinitionNode

    from fraisier.api.graphql.schema import CompiledSchema, Field
    from fraisier.config import GraphqlSettings

MAXIMUM_REPEATS = 200
LISTED = 10  # what a list without a limit is taken to hold
COST_MAX = 1 << 40  # more is as good as endless

# Lists of the introspective types, which the compiled schema does not know.
_INTROSPECTIVE_LISTS = frozenset(
    ("types", "directives", "fields", "args", "inputFields", "interfaces", "possibleTypes")
) | {"enumValues", "locations"}


def check_size(document: DocumentNode, limits: GraphqlSettings) -> None:
    """
    Bound what validating and executing a parsed document costs.

    Raises:
        RequestRefusedError: ``graphql-too-many-aliases``, ``graphql-too-complex``,
            ``graphql-too-deep``.
    """
    _Size(document).check(limits)


class _Size:
    """Aliases and response keys are counted where they are written, depth where it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        nodes = cast("tuple[Any, ...]", document.definitions)
        sets = (getattr(node, "selection_set", None) for node in nodes)
        self._sets = [each for each in sets if each is not None]
        self._fragments = {n.name.value: n for n in nodes if n.kind == "fragment_definition"}
        self._levels: dict[str, int] = {}
        self._keys: Counter[str] = Counter()
        self._aliases = 0

    def check(self, limits: GraphqlSettings) -> None:
        for each in self._sets:
            self._count(each)
        if self._aliases > limits.aliases:
            raise _refuse(f"More than {limits.aliases} aliases.", "graphql-too-many-aliases")
        if max(map(self._level, self._sets), default=0) > limits.depth:
            raise _refuse(f"Nested more than {limits.depth} levels deep.", "graphql-too-deep")
        for key, times in self._keys.most_common(1):
            if times > MAXIMUM_REPEATS:
                message = f'"{key}" is asked for more than {MAXIMUM_REPEATS} times.'
                raise _refuse(message, "graphql-too-complex")

    def _count(self, selection_set: Any) -> None:
        for node in selection_set.selections:
            if node.kind == "field":
                self._aliases += node.alias is not None
                self._keys[(node.alias or node.name).value] += 1
            nested = getattr(node, "selection_set", None)
            if nested is not None:
                self._count(nested)

    def _level(self, selection_set: Any) -> int:
        deepest = 0
        for node in selection_set.selections:
            if node.kind == "fragment_spread":
                level = self._level_of_fragment(node.name.value)
            else:
                nested = self._level(node.selection_set) if node.selection_set else 0
                level = nested + (node.kind == "field")
            deepest = max(deepest, level)
        return deepest

    def _level_of_fragment(self, name: str) -> int:
        if name not in self._levels:
            self._levels[name] = 0  # a fragment within itself, which validation refuses
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._levels[name] = self._level(fragment.selection_set)
        return self._levels[name]


class Cost(NamedTuple):
    """
    How many values an answer holds at most: ``fixed``, and for each of ``parts`` as
    many as a variable says (name, default, maximum) times the cost of each.
    """

    fixed: int
    parts: tuple[tuple[tuple[str, int, int], Cost], ...] = ()

    def times(self, factor: int) -> Cost:
        """So many of it."""
        parts = tuple((size, each.times(factor)) for size, each in self.parts)
        return Cost(min(self.fixed * factor, COST_MAX), parts)

    def plus(self, other: Cost) -> Cost:
        """Both."""
        return Cost(min(self.fixed + other.fixed, COST_MAX), self.parts + other.parts)

    def value(self, variables: Mapping[str, Any]) -> int:
        """For the variables of one request."""
        total = self.fixed
        for (name, default, maximum), each in self.parts:
            total += _bounded(variables.get(name), default, maximum) * each.value(variables)
        return total


def cost_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, Any], schema: CompiledSchema
) -> Cost:
    """The cost of an operation of a valid document. What @skip leaves out counts too."""
    roots = {
        "query": schema.queries,
        "mutation": schema.mutations,
        "subscription": schema.subscriptions,
    }[operation.operation.value]
    fields = {name: root.field for name, root in roots.items()}
    return _Weighing(fragments, schema).weigh(operation.selection_set, fields)


def check_cost(cost: Cost, variables: Mapping[str, Any], limits: GraphqlSettings) -> None:
    """
    Bound what one request asks for.

    Raises:
        RequestRefusedError: ``graphql-too-complex``.
    """
    asked = cost.value(variables) if cost.parts else cost.fixed
    if asked > limits.complexity:
        raise _refuse(
            f"This asks for up to {asked} values; allowed are {limits.complexity}.",
            "graphql-too-complex",
        )


class _Weighing:
    def __init__(self, fragments: Mapping[str, Any], schema: CompiledSchema) -> None:
        self._fragments = fragments
        self._schema = schema
        self._weighed: dict[str, Cost] = {}

    def weigh(self, selection_set: Any, fields: Mapping[str, Field] | None) -> Cost:
        cost = Cost(0)
        for node in selection_set.selections:
            if node.kind == "field":
                cost = cost.plus(self._field(node, fields))
            elif node.kind == "inline_fragment":
                cost = cost.plus(self.weigh(node.selection_set, fields))
            else:
                cost = cost.plus(self._fragment(node.name.value, fields))
        return cost

    def _fragment(self, name: str, fields: Mapping[str, Field] | None) -> Cost:
        # A fragment is on one type of object, so it costs the same wherever it is spread.
        if name not in self._weighed:
            self._weighed[name] = self.weigh(self._fragments[name].selection_set, fields)
        return self._weighed[name]

    def _field(self, node: Any, fields: Mapping[str, Field] | None) -> Cost:
        name = node.name.value
        field = None if fields is None else fields.get(name)
        if field is None:
            is_list = name in _INTROSPECTIVE_LISTS
            each = self.weigh(node.selection_set, None) if node.selection_set else Cost(0)
            return Cost(1).plus(each.times(LISTED if is_list else 1))
        each = Cost(0)
        if node.selection_set:
            each = self.weigh(node.selection_set, self._schema.types[field.type.name].fields)
        return Cost(1).plus(_listed(node, field, each))


def _listed(node: Any, field: Field, each: Cost) -> Cost:
    """As many as the field's limit says, where it has one."""
    if not field.type.is_list:
        return each
    limit = next((each for each in field.arguments if each.operator == "limit"), None)
    if limit is None:
        return each.times(LISTED)
    given = {entry.name.value: entry.value for entry in node.arguments or ()}.get(limit.name)
    default, maximum = limit.default or LISTED, limit.maximum or COST_MAX
    if given is not None and given.kind == "variable":
        return Cost(0, (((given.name.value, default, maximum), each),))
    value = int(given.value) if given is not None and given.kind == "int_value" else None
    return each.times(_bounded(value, default, maximum))


def _bounded(value: Any, default: int, maximum: int) -> int:
    """What is out of bounds is refused later, and costs nothing then."""
    return max(0, min(default if value is None else value, maximum))


def _refuse(message: str, code: str) -> RequestRefusedError:
    return RequestRefusedError.because(message, code)

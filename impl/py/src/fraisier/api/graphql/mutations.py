"""A mutation's root field: the gate if it has one, the function, the client's selection."""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from fraisier.api.graphql.answers import project_answer, project_refusal
from fraisier.api.graphql.completion import complete
from fraisier.api.graphql.queries import argument_value
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fraisier.api.graphql.schema import CompiledSchema, Root
    from fraisier.api.graphql.selection import Selected
    from fraisier.domain.values import Answer

Gate = Callable[[str, str, str | None], Any]


class GraphQLDatabase(Protocol):
    """What the executor needs of a database; see ``db.asynchronous.AsyncDatabase``."""

    dialect: str

    async def call(
        self, function: str, /, command_id: str | None = None, **arguments: Any
    ) -> Answer:
        """Call an ``fn_*``."""
        ...

    def changes(self) -> int | None:
        """A number that differs when anybody has written since; None without a counter."""
        ...

    async def fetch_json(self, sql: str, parameters: Sequence[Any] = ()) -> str | bytes | None:
        """First column of the first row, unparsed."""
        ...


class MutationField:
    """One root field of a mutation."""

    lasts = False

    def __init__(self, root: Root, selected: Selected, schema: CompiledSchema) -> None:
        self.key = selected.key
        self.selected = selected
        self.required = root.field.type.required
        self.scope: str = root.plan["scope"]
        self._root = root
        self._enums = schema.enums

    async def perform(
        self,
        database: GraphQLDatabase,
        variables: Mapping[str, Any],
        actor: str | None,
        gate: Gate | None,
        errors: list[dict[str, Any]],
    ) -> str:
        """
        Call the function and return the field's JSON text.

        Raises:
            FraisierError: An argument is wrong, or the database cannot be used. What
                the gate or the function refuses is an answer and no error.
        """
        arguments = self._arguments(variables)
        injected: dict[str, Any] = {"actor": actor, "command_id": str(uuid.uuid4())}
        if "gate" in self._root.plan:
            try:
                injected |= await _pass_gate(gate, arguments)
            except FraisierError as error:
                return self._finish(project_refusal(error, self.selected), errors)
        arguments |= self._injected(injected)
        answer = await database.call(self._root.plan["function"], **arguments)
        return self._finish(project_answer(answer, self.selected), errors)

    def _finish(self, projected: Any, errors: list[dict[str, Any]]) -> str:
        completed = complete(projected, self.selected, (self.key,), errors)
        return json.dumps(completed, ensure_ascii=False, separators=(",", ":"))

    def _arguments(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for entry in self.selected.given:
            value = argument_value(entry, variables)
            if entry.argument.type.name in self._enums and value is not None:
                value = value.lower()
            elif entry.argument.type.name == "JSON" and value is not None:
                value = json.dumps(value)  # as JSON also what has no structure, such as true
            arguments[entry.argument.parameter or entry.argument.name] = value
        return arguments

    def _injected(self, values: Mapping[str, Any]) -> dict[str, Any]:
        inject: Mapping[str, str] = self._root.plan["inject"]
        return {
            parameter: values.get(value[1:]) if value.startswith("$") else value
            for parameter, value in inject.items()
        }


async def _pass_gate(gate: Gate | None, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if gate is None:
        raise FraisierError("Webhooks are not accepted here.", code="unauthorized")
    passed = gate(arguments["provider"], arguments["payload"], arguments.get("signature"))
    return await passed if inspect.isawaitable(passed) else passed

"""
Requests of GraphQL made from a schema: most are right, some are wrong in one place.

Chance decides through a ``random.Random``: a real one for speed, or the one of hypothesis,
which then finds the smallest request that fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any, cast

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, get_named_type

from conform.fuzzing.words import NAMES, NOISE, odd, value_of

DEEPEST = 4
FIELDS_MAX = 5
TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|\w+|\.\.\.|\S")

Body = dict[str, Any]


def request(schema: GraphQLSchema, chance: Random, kinds: Sequence[str]) -> Body:
    """The body of a request for an operation of one of these kinds; one in five is broken."""
    body = _right(schema, chance, chance.choice(kinds))
    return _broken(body, chance) if chance.randrange(5) == 0 else body


class Writing:
    """A document as it is written: its variables and fragments come together on the way."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self.names = 0

    def once_in(self, times: int) -> bool:
        """True once in so many times."""
        return self.chance.randrange(times) == 0

    def selection(self, kind: GraphQLObjectType, depth: int) -> str:
        """Some fields of an object, plain, renamed, or within a fragment."""
        fields = {
            name: field
            for name, field in kind.fields.items()
            if depth < DEEPEST or not isinstance(_named(field), GraphQLObjectType)
        }
        count = self.chance.randrange(FIELDS_MAX + 1) if fields else 0
        chosen = [self.chance.choice(sorted(fields)) for _ in range(count)]
        parts = [self.field(name, fields[name], depth) for name in chosen]
        text = "{ " + " ".join(parts + ["__typename"] * (not parts or self.once_in(4))) + " }"
        return self.within_fragment(text, kind) if self.once_in(6) else text

    def within_fragment(self, text: str, kind: GraphQLObjectType) -> str:
        """The same in a fragment: inline, or with a name."""
        if self.once_in(2):
            return f"{{ ... on {kind.name} {self.directive()} {text} }}"
        self.names += 1
        self.fragments.append(f"fragment F{self.names} on {kind.name} {text}")
        return f"{{ ...F{self.names} {self.directive()} }}"

    def field(self, name: str, field: Any, depth: int) -> str:
        """A field with the arguments that it needs and some others, and what is below it."""
        self.names += 1
        # Two fields of one name may have different arguments: each has its own alias then.
        alias = f"f{self.names}: " if field.args or self.once_in(3) else ""
        given = [
            f"{key}: {self.value(argument)}"
            for key, argument in field.args.items()
            if str(argument.type).endswith("!") or self.once_in(2)
        ]
        target = _named(field)
        below = self.selection(target, depth + 1) if isinstance(target, GraphQLObjectType) else ""
        arguments = f"({', '.join(given)})" if given else ""
        return f"{alias}{name}{arguments} {self.directive()} {below}".rstrip()

    def value(self, argument: Any) -> str:
        """A literal, or a variable that has the value."""
        kind = _named(argument)
        if isinstance(kind, GraphQLEnumType):
            value = self.chance.choice(sorted(kind.values))
            return self.variable(argument, value) if self.once_in(2) else value
        value = value_of(kind.name, self.chance)
        return self.variable(argument, value) if self.once_in(2) else literal(value)

    def variable(self, argument: Any, value: Any) -> str:
        """Now and then its value is of any other type."""
        name = f"v{len(self.variables)}"
        self.variables[name] = (str(argument.type), odd(self.chance) if self.once_in(12) else value)
        return f"${name}"

    def directive(self) -> str:
        """Usually none."""
        if not self.once_in(8):
            return ""
        name = self.chance.choice(("skip", "include"))
        if self.once_in(2):
            return f"@{name}(if: {self.chance.choice(('true', 'false'))})"
        switch = f"v{len(self.variables)}"
        self.variables[switch] = ("Boolean!", self.once_in(2))
        return f"@{name}(if: ${switch})"


def _named(thing: Any) -> Any:
    return cast("Any", get_named_type)(thing.type)


def literal(value: Any) -> str:
    """A value as a document has it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, cast("list[Any]", value))) + "]"
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value).items()
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in fields) + "}"
    return json.dumps(value)


def _right(schema: GraphQLSchema, chance: Random, kind: str) -> Body:
    writing = Writing(chance)
    root = schema.query_type if kind == "query" else schema.mutation_type
    selected = writing.selection(cast("GraphQLObjectType", root), 0)
    defined = ", ".join(f"${name}: {typed}" for name, (typed, _) in writing.variables.items())
    name = chance.choice(NAMES)
    head = f"{kind} {name}" + (f"({defined})" if defined else "")
    variables = {variable: value for variable, (_, value) in writing.variables.items()}
    if variables and writing.once_in(10):
        variables.popitem()
    body: Body = {"query": " ".join([head, selected, *writing.fragments]), "variables": variables}
    if name and writing.once_in(3):
        body["operationName"] = name
    return body


def _broken(body: Body, chance: Random) -> Body:
    """The document with one word less, more, or another."""
    tokens = TOKEN.findall(body["query"])
    place = chance.randrange(len(tokens))
    kept = place + chance.randrange(2)
    noise = chance.choice(NOISE)
    return body | {"query": " ".join([*tokens[:place], noise, *tokens[kept:]])}

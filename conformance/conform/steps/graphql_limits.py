"""Steps about documents of GraphQL that are too long to be written out."""

from __future__ import annotations

from pytest_bdd import parsers, when

from conform.steps.graphql import Asked


@when(parsers.parse('GraphQL is asked for "{field}" {count:d} times in one document'))
def ask_again_and_again(asked: Asked, field: str, count: int) -> None:
    """The same field under as many names."""
    fields = " ".join(f"a{number}: {field} {{ name }}" for number in range(count))
    asked.post(f"{{ {fields} }}")

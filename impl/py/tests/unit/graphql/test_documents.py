"""Documents are parsed and validated once, and the cache is bounded."""

from __future__ import annotations

import pytest
from fraisier.api.graphql.documents import CACHED_DOCUMENTS, Documents
from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.config import GraphqlSettings, ServerSettings

from .conftest import compiled_schema


@pytest.fixture
def documents() -> Documents:
    """An empty cache."""
    return Documents(CompiledSchema.from_plan(compiled_schema()))


def test_prepare__same_document__is_prepared_once(documents: Documents) -> None:
    """The second request gets the first one's plan."""
    first = documents.prepare("{ fraises { name } }", None)
    assert documents.prepare("{ fraises { name } }", None) is first


def test_prepare__other_operation__is_another_plan(documents: Documents) -> None:
    """The key is the document and the name of the operation."""
    text = "query A { fraises { name } } query B { fraises { id } }"
    assert documents.prepare(text, "A") is not documents.prepare(text, "B")


def test_prepare__many_documents__keeps_the_latest(documents: Documents) -> None:
    """The oldest plan goes when there are too many."""
    first = documents.prepare("{ fraises { name } }", None)
    for number in range(CACHED_DOCUMENTS):
        documents.prepare(f"{{ a{number}: fraises {{ name }} }}", None)
    assert documents.prepare("{ fraises { name } }", None) is not first


def test_prepare__long_document__is_not_kept(documents: Documents) -> None:
    """One document cannot take the memory of many."""
    text = "{ fraises { name } } #" + "x" * 20_000
    assert documents.prepare(text, None) is not documents.prepare(text, None)


@pytest.mark.parametrize(("length", "code"), [(220, None), (240, None), (300, "graphql-too-long")])
def test_prepare__chain_of_fragments__is_no_fault(
    documents: Documents, length: int, code: str | None
) -> None:
    """A long chain is answered or refused, and never ends in an error of ours."""
    chain = "".join(f"fragment F{i} on Fraise {{ ...F{i + 1} }} " for i in range(length))
    text = "{ fraises { ...F0 } } " + chain + f"fragment F{length} on Fraise {{ name }}"
    if code is None:
        assert documents.prepare(text, None).kind == "query"
        return
    with pytest.raises(RequestRefusedError) as caught:
        documents.prepare(text, None)
    assert caught.value.errors[0]["extensions"]["code"] == code


def test_prepare__refused_before__is_refused_alike_without_work(documents: Documents) -> None:
    """A wrong document that comes again and again costs nothing."""
    refusals: list[list[dict[str, object]]] = []
    for _ in range(2):
        with pytest.raises(RequestRefusedError) as caught:
            documents.prepare("{ nothing }", None)
        refusals.append(caught.value.errors)
    assert refusals[0] == refusals[1]
    assert refusals[0][0] is refusals[1][0]


def test_prepare__settings_change__documents_are_looked_at_anew() -> None:
    """A limit counts from the moment that it is there."""
    settings = [ServerSettings(), ServerSettings(graphql=GraphqlSettings(depth=1))]
    schema = CompiledSchema.from_plan(compiled_schema())
    documents = Documents(schema, lambda: settings[0])
    documents.prepare("{ fraises { name } }", None)
    settings.pop(0)
    with pytest.raises(RequestRefusedError) as caught:
        documents.prepare("{ fraises { name } }", None)
    assert caught.value.errors[0]["extensions"]["code"] == "graphql-too-deep"

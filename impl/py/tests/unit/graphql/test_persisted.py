"""Documents that are named instead of sent."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from fraisier.api.graphql.failures import RequestRefusedError
from fraisier.api.graphql.persisted import (
    KEPT_CHARACTERS,
    KEPT_DOCUMENTS,
    PersistedDocuments,
    shown_in,
)
from fraisier.domain.errors import FraisierError


def hashed(text: str) -> str:
    """The hash that a client shows."""
    return hashlib.sha256(text.encode()).hexdigest()


def code(persisted: PersistedDocuments, *asked: Any) -> str:
    """The code of a refusal."""
    with pytest.raises(RequestRefusedError) as caught:
        persisted.find(*asked)
    return caught.value.errors[0]["extensions"]["code"]


def test_find__kept__by_its_hash_in_every_spelling() -> None:
    """As Apollo sends it, in capitals, and as GraphQL over HTTP has it."""
    persisted = PersistedDocuments()
    persisted.keep("{ a }")
    for shown in (hashed("{ a }"), hashed("{ a }").upper(), "sha256:" + hashed("{ a }")):
        assert persisted.find("", shown, None) == "{ a }"
    assert code(persisted, "", hashed("{ b }"), None) == "persisted-query-not-found"


def test_find__document_with_its_hash__has_to_be_that_one() -> None:
    """Nobody can put another document under a hash."""
    persisted = PersistedDocuments()
    assert persisted.find("{ a }", hashed("{ a }"), None) == "{ a }"
    assert code(persisted, "{ a }", hashed("{ b }"), None) == "persisted-query-mismatch"
    assert code(persisted, "", hashed("{ a }"), None) == "persisted-query-not-found"


def test_keep__many__forgets_the_oldest() -> None:
    """Neither many documents nor long ones take the memory."""
    persisted = PersistedDocuments()
    for number in range(KEPT_DOCUMENTS + 1):
        persisted.keep(f"{{ a{number} }}")
    persisted.keep("{ a }" + " " * KEPT_CHARACTERS)
    assert code(persisted, "", hashed("{ a0 }"), None) == "persisted-query-not-found"
    assert persisted.find("", hashed("{ a1 }"), None) == "{ a1 }"
    long = hashed("{ a }" + " " * KEPT_CHARACTERS)
    assert code(persisted, "", long, None) == "persisted-query-not-found"


def test_find__trusted__only_by_id_or_hash_of_the_list() -> None:
    """What was kept before does not count where there is a list."""
    persisted = PersistedDocuments()
    persisted.keep("{ a }")
    trusted = {"one": "{ b }"}
    assert persisted.find("", "one", trusted) == "{ b }"
    assert persisted.find("", hashed("{ b }"), trusted) == "{ b }"
    assert code(persisted, "", hashed("{ a }"), trusted) == "graphql-document-not-trusted"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, None),
        ({"extensions": {"other": 1}}, None),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}}, "ab"),
        ({"documentId": "sha256:ab"}, "sha256:ab"),
    ],
)
def test_shown_in__request__is_read(fields: dict[str, Any], shown: str | None) -> None:
    """Both ways to name a document."""
    assert shown_in(fields) == shown


@pytest.mark.parametrize(
    "fields",
    [
        {"documentId": 7},
        {"extensions": {"persistedQuery": "ab"}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "ab"}}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 1}}},
    ],
)
def test_shown_in__wrong_form__is_refused(fields: dict[str, Any]) -> None:
    """What is no hash is not taken for one."""
    with pytest.raises(FraisierError) as caught:
        shown_in(fields)
    assert caught.value.code == "graphql-bad-request"

"""The oracle of responses: what is right passes, and every kind of wrong is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from conform.oracle import Exchange, Judge
from graphql import build_schema

SDL = """
type Query { shop(name: String!): Shop  shops(limit: Int = 2): [Shop!]!  now: DateTime  any: JSON }
type Shop { id: ID!  kind: Kind  size: Int!  rate: Float  open: Boolean!  tags: [String!] }
enum Kind { SMALL LARGE }
scalar DateTime
scalar JSON
"""
CODES = ("internal", "graphql-validation-failed", "graphql-bad-variables", "graphql-too-deep")
NAMED = "query Q($n: String!) { shop(name: $n) { id } }"


@pytest.fixture
def judge() -> Judge:
    """A judge of a small schema."""
    return Judge(build_schema(SDL), CODES)


def asked(query: Any, response: Any, status: int = 200, **more: Any) -> Exchange:
    """A POST and its response; ``accept`` is what it was answered as."""
    kind = f"application/{more.pop('accept', 'json')}; charset=utf-8"
    body = json.dumps({"query": query, **more})
    return Exchange("POST", "/graphql", body, status, json.dumps(response), kind)


def error(code: str = "internal", **more: Any) -> dict[str, Any]:
    """An entry of ``errors``."""
    return {"message": "no", "extensions": {"code": code}, **more}


AT = {"locations": [{"line": 1, "column": 3}]}
RIGHT = [
    asked("{ shop(name: \"a\") { __typename id kind } }", {"data": {"shop": None}}),
    asked("{ b: now a: any }", {"data": {"b": "2026-01-01T00:00:00.000Z", "a": [1, {}]}}),
    asked("{ shops { size rate open tags } }",
          {"data": {"shops": [{"size": 1, "rate": 2, "open": True, "tags": None}]}}),
    asked("{ ...F shops { size } } fragment F on Query { shops { id } }",
          {"data": {"shops": [{"id": "1", "size": 1}]}}),
    asked("query($s: Boolean = true) { now any @skip(if: $s) }", {"data": {"now": None}}),
    asked("{ now }", {"data": {"now": None}, "errors": [error(path=["now"], **AT)]}),
    asked("{ nothing }", {"errors": [error("graphql-validation-failed", **AT)]}),
    asked(NAMED, {"errors": [error("graphql-bad-variables")]}, variables={"n": 1}),
    asked("{ now }", {"errors": [error("graphql-too-deep")]}, 400, accept="graphql-response+json"),
    asked("{ __schema { queryType { name } } __type(name: \"X\") { name } }",
          {"data": {"__schema": {"queryType": {"name": "Query"}}, "__type": None}}),
    asked(None, {"errors": [error()]}, 400),
    asked("{ now }", {"error": {"code": "unauthorized"}}, 401),
    Exchange("GET", "/health", "", 200, "all is well"),
]  # fmt: skip


@pytest.mark.parametrize("exchange", RIGHT, ids=lambda exchange: exchange.body[:60])
def test_problems__right_exchange__has_none(judge: Judge, exchange: Exchange) -> None:
    """What the specification allows is not complained about."""
    assert judge.problems(exchange) == []


WRONG = [
    ("the keys are ['a']", asked("{ now }", {"data": {"a": None}})),
    ("selected were ['now', 'any']", asked("{ now any }", {"data": {"any": 1, "now": None}})),
    ("null, though it is", asked("{ shops { id } }", {"data": {"shops": None}})),
    ("null, though it is Shop!", asked("{ shops { id } }", {"data": {"shops": [None]}})),
    ("is no list", asked("{ shops { id } }", {"data": {"shops": {}}})),
    ("is no Int", asked("{ shops { size } }", {"data": {"shops": [{"size": 2**31}]}})),
    ("is no Int", asked("{ shops { size } }", {"data": {"shops": [{"size": True}]}})),
    ("is no ID", asked("{ shops { id } }", {"data": {"shops": [{"id": 7}]}})),
    ("is no Boolean", asked("{ shops { open } }", {"data": {"shops": [{"open": 1}]}})),
    ("is no Kind", asked("{ shops { kind } }", {"data": {"shops": [{"kind": "small"}]}})),
    ("is no DateTime", asked("{ now }", {"data": {"now": "2026-01-01"}})),
    ("instead of Query", asked("{ __typename }", {"data": {"__typename": "Shop"}})),
    ("is no Query", asked("{ now }", {"data": []})),
    ("no error says why", asked("{ now }", {"data": None})),
    ("this is wrong: validation", asked("{ nothing }", {"data": {"nothing": 1}})),
    ("this is wrong: parse", asked("{", {"data": {}})),
    ("this is wrong: operation", asked("{ now }", {"data": {"now": None}}, operationName="A")),
    ("this is wrong: variables", asked(NAMED, {"data": {"shop": None}}, variables={"n": 1})),
    ("though this is no request", asked(7, {"data": {"now": None}})),
    ("are right", asked("{ now }", {"errors": [error("graphql-validation-failed")]})),
    ("keys", asked("{ now }", {"data": {"now": None}, "hints": []})),
    ("keys", asked("{ now }", {})),
    ("no list of errors", asked("{ now }", {"data": {"now": None}, "errors": []})),
    ("not in spec/errors.yaml", asked("{ now }", {"errors": [error("odd")]})),
    ("message is", asked("{ now }", {"errors": [error() | {"message": ""}]})),
    ("it has ['code']", asked("{ now }", {"errors": [{**error(), "code": 1}]})),
    ("without path", asked("{ now }", {"data": {"now": None}, "errors": [error()]})),
    ("no place", asked("{ now }", {"errors": [error(locations=[{"line": 2, "column": 1}])]})),
    ("a value too", asked("{ any }", {"data": {"any": 1}, "errors": [error(path=["any"], **AT)]})),
    ("data has no", asked("{ any }", {"data": {"any": 1}, "errors": [error(path=["b"], **AT)]})),
    ("a path, though", asked("{ now }", {"errors": [error("graphql-too-deep", path=["now"])]})),
    ("comes with status 500", asked("{ now }", {"data": {"now": None}}, 500)),
    ("come with status 500", asked("{ now }", {"errors": [error()]}, 500)),
    ("comes with status 200 as", asked("{", {"errors": [error()]}, accept="graphql-response+json")),
    ("content type", asked("{ now }", {"data": {"now": None}}, accept="xml")),
    ("an error with status 200", asked("{ now }", {"error": {}})),
    ("is no JSON object", asked("{ now }", [])),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "exchange"), WRONG, ids=lambda each: str(each)[:40])
def test_problems__wrong_exchange__are_named(
    judge: Judge, problem: str, exchange: Exchange
) -> None:
    """Each way to be wrong is noticed, and said in words."""
    found = judge.problems(exchange)
    assert any(problem in each for each in found), found


def test_problems__document_by_its_hash__is_judged_by_what_was_seen(judge: Judge) -> None:
    """A document that came once is known by its hash afterwards."""
    assert judge.problems(asked("{ now }", {"data": {"now": None}})) == []
    shown = {"persistedQuery": {"sha256Hash": hashlib.sha256(b"{ now }").hexdigest()}}
    wrong = asked(None, {"data": {"then": None}}, extensions=shown)
    assert any("selected were ['now']" in each for each in judge.problems(wrong))


def test_problems__request_by_get__is_read_from_the_query_string(judge: Judge) -> None:
    """Variables are JSON there, and the path alone decides what is judged."""
    target = (
        "/graphql?query=query($n:Int)%7Bshops(limit:$n)%7Bid%7D%7D&variables=%7B%22n%22:%22x%22%7D"
    )
    exchange = Exchange(
        "GET", target, "", 200, '{"data": {"shops": []}}', "application/json; charset=utf-8"
    )
    assert judge.problems(exchange) == ["there is data, though this is wrong: variables"]

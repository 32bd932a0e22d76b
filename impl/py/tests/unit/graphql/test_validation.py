"""The fast validation and the rules of graphql-core say the same of every document."""

from __future__ import annotations

import pytest
from fraisier.api.graphql.plain import is_valid
from fraisier.api.graphql.schema import CompiledSchema
from fraisier.api.graphql.validation import validated
from graphql import GraphQLSyntaxError, build_schema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import compiled_schema

SCHEMA = CompiledSchema.from_plan(compiled_schema())
GRAPHQL_SCHEMA = build_schema(SCHEMA.sdl)

PLAIN = [
    "{ fraises { name __typename } }",
    '{ a: fraise(name: "x") { id } b: fraise(name: "y") { id } }',
    "query A { fraises { id } } query B($n: Int = 3) { deployments(limit: $n) { id } }",
    "query($n: String!) { fraise(name: $n) { ...F ... on Fraise { id } ... { kind } } } "
    "fragment F on Fraise { name environments { name target { provider config } } }",
    'query($f: String = "x") { stats(fraise: $f, days: 7) { total successRate } }',
    "query($s: Boolean!) { fraises @skip(if: $s) { name @include(if: true) } }",
    'mutation($p: WebhookProvider!) { processWebhook(provider: $p, payload: "") { code } }',
    'mutation { processWebhook(provider: GITHUB, payload: "", signature: null) { code } }',
    "{ deploymentHistory(fraiseId: 7) { id } }",
    "query($n: String) { fraises { id } deployments(fraise: $n) { id } x: stats { total } }",
]
WRONG = [
    "{ nothing }", "{ fraises }", "{ fraises { name { x } } }", "{ fraise { name } }",
    '{ fraise(name: "a", name: "b") { id } }', '{ fraise(nam: "a") { id } }',
    "{ fraise(name: null) { id } }", "{ fraise(name: 1) { id } }",
    "{ deployments(limit: 3000000000) { id } }", "{ deployments(limit: 99999999999999999) { id } }",
    "{ deployments(limit: 1.5) { id } }", "{ fraises { ...A } }",
    "{ fraises { ...A } } fragment A on Fraise { ...A }", "{ ...A } fragment A on Fraise { id }",
    "{ fraises { id } } fragment A on Fraise { id }",
    "{ fraises { ...A } } fragment A on Nope { id }",
    "{ fraises { ... on Deployment { id } } }", "query($a: Int) { fraises { id } }",
    "{ deployments(limit: $n) { id } }", "query($n: String) { deployments(limit: $n) { id } }",
    "query($n: String) { fraise(name: $n) { id } }",
    "query($n: String = null) { fraise(name: $n) { id } }",
    "query($n: [String]) { deployments(fraise: $n) { id } }",
    "query($n: Int = \"x\") { deployments(limit: $n) { id } }",
    "query($n: Int, $n: Int) { deployments(limit: $n) { id } }",
    "query($n: Fraise) { deployments(limit: $n) { id } }",
    "query($s: Boolean) { fraises @skip(if: $s) { id } }", "{ fraises @skip { id } }",
    "{ fraises @skip(if: 1) { id } }", "{ fraises @skip(if: true) @skip(if: true) { id } }",
    "{ fraises @nope { id } }", "query @skip(if: true) { fraises { id } }",
    '{ a: fraise(name: "x") { id } a: fraise(name: "y") { id } }',
    "{ fraises { a: name a: kind } }",
    "{ fraises { a: name ...A } } fragment A on Fraise { a: kind }",
    "{ f: fraises { e: environments { a: name } } ...A }"
    " fragment A on Query { f: fraises { e: environments { a: status } } }",
    "query A { fraises { id } } query A { fraises { id } }",
    "{ fraises { id } } { fraises { id } }",
    "{ fraises { id } } type X { y: Int }", "{ __typename { x } }", "{ __typename(a: 1) }",
    "mutation { deploy(fraise: \"a\") { success } }", "mutation { fraises { id } }",
    "mutation { processWebhook(provider: SVN, payload: \"\") { code } }",
    "subscription { deploymentStarted { id } deploymentCompleted { id } }",
]  # fmt: skip
UNUSUAL = [
    "{ __schema { types { name } } }",
    "subscription { deploymentStarted { id } }",
    "query($p: [Int]) { deployments(limit: 1) { id @skip(if: false) } }",
    '{ __type(name: "X") { ...T } } fragment T on __Type { name ofType { name } }',
]


@pytest.mark.parametrize("text", PLAIN)
def test_is_valid__plain_document__is_accepted(text: str) -> None:
    """What clients usually send needs no rules."""
    assert validate(GRAPHQL_SCHEMA, parse(text)) == []
    assert is_valid(parse(text), SCHEMA)


@pytest.mark.parametrize("text", WRONG)
def test_is_valid__wrong_document__is_not_accepted(text: str) -> None:
    """Each rule has a document that breaks it."""
    document = parse(text)
    assert validate(GRAPHQL_SCHEMA, document)
    assert not is_valid(document, SCHEMA)
    assert validated(document, SCHEMA, lambda: GRAPHQL_SCHEMA)


@pytest.mark.parametrize("text", UNUSUAL)
def test_validated__unusual_document__is_left_to_the_rules(text: str) -> None:
    """The outcome is theirs."""
    document = parse(text)
    assert not is_valid(document, SCHEMA)
    found = validated(document, SCHEMA, lambda: GRAPHQL_SCHEMA)
    assert bool(found) == bool(validate(GRAPHQL_SCHEMA, document))


def test_validated__conflict__names_both_places() -> None:
    """The error leads to the two fields."""
    document = parse("{ fraises { a: name\n a: kind } }")
    (error,) = validated(document, SCHEMA, lambda: GRAPHQL_SCHEMA)
    assert [place.line for place in error.locations or ()] == [1, 2]


HEADS = st.sampled_from(
    ["", "query($n: Int) ", "query($n: String!) ", "query($s: Boolean!) ", "query A ", "mutation "]
)
TAILS = st.lists(
    st.sampled_from(
        [
            " fragment A on Fraise { id name }",
            " fragment A on Fraise { id: name ...B }",
            " fragment B on Fraise { environments { name a: status } }",
            " fragment B on Query { fraises { ...A } }",
            " query Z { fraises { ...A } }",
        ]
    ),
    max_size=3,
)


NESTED = (
    "fraises", "a: fraises", "fraise(name: $n)", 'fraise(name: "x")', "environments", "target",
    "... on Fraise", "...", "... @skip(if: $s)", "deployments(limit: $n)", "deployments",
    "deploymentHistory", "... on Query",
)  # fmt: skip
LEAVES = ("id", "name", "a: name", "a: kind", "status", "provider", "__typename", "...A", "...B")
FIELDS = (*NESTED, *LEAVES)


@st.composite
def selections(draw: st.DrawFn, depth: int = 0) -> str:
    """A selection set that is well-formed, and right now and then."""
    fields = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4))
    below = st.just("") if depth > 2 else selections(depth + 1)
    parts = [each + (" " + draw(below) if each in NESTED else "") for each in fields]
    return "{ " + " ".join(parts) + " }"


@settings(max_examples=400, deadline=None, derandomize=True)
@given(HEADS, selections(), TAILS)
def test_validated__any_document__as_the_rules_say(head: str, body: str, tails: list[str]) -> None:
    """Two judges that share no code."""
    try:
        document = parse(head + body + "".join(tails))
    except GraphQLSyntaxError:
        return
    expected = validate(GRAPHQL_SCHEMA, document, max_errors=1)
    assert bool(validated(document, SCHEMA, lambda: GRAPHQL_SCHEMA)) == bool(expected)
    assert not is_valid(document, SCHEMA) or not expected

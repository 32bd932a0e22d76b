"""Steps that deliver the same webhook often, and webhooks that are odd but signed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_bdd import given, parsers, then, when

from conform.steps.webhook import Delivering
from conform.world.server import Answer
from conform.world.workspace import Workspace

IDS: dict[str, str | None] = {
    "missing": None,
    "empty": "",
    "of 3000 random letters": "".join(f"{(n * 2654435761) % 4294967296:08x}" for n in range(375)),
}
FILLERS = {
    "a NUL": '"a\\u0000b"',
    "half a surrogate": '"\\ud800"',
    "a very large number": "1e9999",
    "a number with 4000 digits": "9" * 4000,
    "a number with 5000 digits": "9" * 5000,
    "what is no number": "NaN",
}


@when(parsers.parse("a push is delivered whose id is {what}"))
def deliver_with_id(delivering: Delivering, what: str) -> None:
    """A signed push with an id that no forge gives."""
    delivering.send(delivering.push(), headers={"X-GitHub-Delivery": IDS[what]})


@when(parsers.parse("a push is delivered that also holds {what}"))
def deliver_with_filler(delivering: Delivering, what: str) -> None:
    """A signed push with one more key, whose value some databases cannot hold."""
    body = json.dumps(delivering.push()).removesuffix("}") + f', "filler": {FILLERS[what]}}}'
    delivering.send(body.encode())


@when("a push with odd white space is delivered")
def deliver_spaced(delivering: Delivering) -> None:
    """A JSON writer of another taste; the signature covers every space."""
    delivering.send(b"\r\n " + json.dumps(delivering.push(), indent=7).encode() + b"\n\n\t ")


@when(parsers.parse('the same push of "{branch}" is delivered {count:d} times at once'))
def deliver_at_once(delivering: Delivering, branch: str, count: int) -> None:
    """One delivery id, many connections."""
    server, payload = delivering.happened.server, delivering.push(branch)
    assert server is not None, "no server is running"

    def deliver(_: int) -> Answer:
        return server.post_webhook(payload, delivery="at-once")

    with ThreadPoolExecutor(count) as pool:
        delivering.answers.extend(pool.map(deliver, range(count)))


@then("all deliveries got the same answer")
def all_the_same(delivering: Delivering) -> None:
    """Every status and body equals the first one, which is an acceptance."""
    kinds: set[Any] = {(each.status, each.text) for each in delivering.answers}
    assert len(kinds) == 1, kinds
    assert delivering.answers[0].status == 202, kinds


@given(
    parsers.parse('branches "{one}" and "{other}" deploy "{fraise}" to "{first}" and "{second}"')
)
def two_branches(
    workspace: Workspace, one: str, other: str, fraise: str, first: str, second: str
) -> None:
    """Each branch has an environment of its own."""
    workspace.configure(fraise, (first, second), {one: first, other: second})

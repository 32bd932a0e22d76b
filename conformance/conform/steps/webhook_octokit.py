"""Steps that deliver GitHub's genuine examples."""

from __future__ import annotations

from typing import Any

from pytest_bdd import then, when

from conform.steps.deploy_sentences import sentence
from conform.steps.webhook import Delivering
from conform.world import octokit

NAMED = ("push", "ping", "create", "delete")
NEWEST = """query Newest {
  webhookEvents(limit: 1) { id eventType branch tag commitSha repository sender ignoredReason }
}"""


@when(sentence('each of the {count:d} genuine "{event}" webhooks is delivered'))
def deliver_each(delivering: Delivering, count: int, event: str) -> None:
    """Signed, one after the other; what each became is looked at before the next."""
    payloads = octokit.examples()[event]
    assert len(payloads) == count, f"the package has {len(payloads)} of {event}"
    for payload in payloads:
        _deliver(delivering, event, payload)


@when(sentence("one genuine webhook of each of the {count:d} other events is delivered"))
def deliver_one_of_each(delivering: Delivering, count: int) -> None:
    """The first example of every event that no other scenario delivers."""
    others = {n: each for n, each in octokit.examples().items() if n not in NAMED}
    assert len(others) == count, f"the package has {len(others)} other events"
    for event, payloads in others.items():
        _deliver(delivering, event, payloads[0])


def _deliver(delivering: Delivering, event: str, payload: dict[str, Any]) -> None:
    delivering.send(payload, event=event)
    answer, expected = delivering.answers[-1], octokit.told(event, payload)
    assert answer.status == 200, f"{event}: {answer.text}"
    found = _newest(delivering)
    assert found["id"] == answer.json()["event"]["id"]
    stored = (
        *(found[key] for key in ("eventType", "branch", "tag", "commitSha", "repository")),
        found["sender"],
    )
    wanted = (expected.event_type, expected.branch, expected.tag, expected.commit)
    assert stored == (*wanted, expected.repository, expected.sender), event


def _newest(delivering: Delivering) -> dict[str, Any]:
    assert delivering.happened.server is not None, "no server is running"
    found = delivering.happened.server.graphql(NEWEST)
    return found["data"]["webhookEvents"][0]


@then("each was taken as what it is, and deployed nothing")
def all_ignored(delivering: Delivering) -> None:
    """200 with a reason: none of them is about a repository of the registry."""
    assert delivering.answers, "nothing was delivered"
    for answer in delivering.answers:
        document = answer.json()
        assert (document["status"], bool(document["reason"])) == ("ignored", True), document

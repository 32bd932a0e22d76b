"""
The functions keep to ``spec/lifecycle.yaml``: every one is tried in every situation.

A deployment is brought into a situation, then a function is called on it. The table says
where that may take it; what the table does not allow is refused and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from conform.databases import Scratch, installed

from .lifecycle_world import COMMITS, LIFECYCLE, PLACE, ROOT, SITUATIONS, World, recorded

SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
REGISTRY = {
    "fraises": [
        {
            "name": "shop",
            "type": "api",
            "repository": "https://forge.example/shop.git",
            "reconcile": True,
            "environments": [{"name": "live", "provider": "local"}],
        }
    ],
    "branch_mapping": [{"branch": "main", **PLACE}],
}


# -- calls: the function, the state that it aims at, and how it is called ------------------

PUSH = {"event_type": "push", "branch": "main", "commit_sha": "d" * 40, "sender": "ann"}
FOUND = [{"ref_type": "branch", "name": "main", "commit": "e" * 40}]
AIMED: dict[str, tuple[str, str | None, Callable[[World], Mapping[str, Any]]]] = {
    "claim": (
        "fn_claim_deployment",
        "in_progress",
        lambda w: w.call(
            "fn_claim_deployment", worker="w2", lease_seconds=9, deployment_id=w.subject
        ),
    ),
    "cancel": (
        "fn_cancel_deployment",
        "cancelled",
        lambda w: w.call("fn_cancel_deployment", deployment_id=w.subject),
    ),
    "heartbeat": (
        "fn_heartbeat",
        None,
        lambda w: w.call("fn_heartbeat", **w.mine, worker="w1", lease_seconds=9),
    ),
    "step": (
        "fn_record_step",
        None,
        lambda w: w.call("fn_record_step", **w.mine, step="backup", state="skipped"),
    ),
    "release": (
        "fn_record_release",
        None,
        lambda w: w.call("fn_record_release", **w.mine, version="ccc", git_commit=COMMITS[2]),
    ),
    "migration": (
        "fn_record_migration",
        None,
        lambda w: w.call(
            "fn_record_migration", **w.mine, migration_head="1", backward_compatible=True
        ),
    ),
    "complete as success": ("fn_complete_deployment", "success", lambda w: w.complete("success")),
    "complete as failed": ("fn_complete_deployment", "failed", lambda w: w.complete("failed")),
    "complete as rolled_back": (
        "fn_complete_deployment",
        "rolled_back",
        lambda w: w.complete("rolled_back"),
    ),
    "complete as cancelled": (
        "fn_complete_deployment",
        "cancelled",
        lambda w: w.complete("cancelled"),
    ),
}
# These name no deployment: they are never refused here, whatever the subject is.
UNAIMED: dict[str, tuple[str, str, Callable[[World], Mapping[str, Any]]]] = {
    "request": (
        "fn_request_deployment",
        "superseded",
        lambda w: w.call("fn_request_deployment", **PLACE, git_commit="d" * 40),
    ),
    "roll back": (
        "fn_request_rollback",
        "superseded",
        lambda w: w.call("fn_request_rollback", **PLACE, to_version=COMMITS[0]),
    ),
    "push": (
        "fn_process_webhook",
        "superseded",
        lambda w: w.call(
            "fn_process_webhook", provider="github", payload="{}", event=PUSH, delivery_id="d-1"
        ),
    ),
    "replay": (
        "fn_replay_webhook",
        "superseded",
        lambda w: w.call("fn_replay_webhook", webhook_id=w.webhook),
    ),
    "look": (
        "fn_complete_reconcile",
        "superseded",
        lambda w: w.call("fn_complete_reconcile", fraise="shop", claim=2, refs=FOUND),
    ),
    "reap": ("fn_reap_expired_leases", "failed", lambda w: w.call("fn_reap_expired_leases")),
    "claim any": (
        "fn_claim_deployment",
        "in_progress",
        lambda w: w.call("fn_claim_deployment", worker="w2", lease_seconds=9),
    ),
}
# What the holder of the lease may report without moving the state.
REPORTS = {"heartbeat", "step", "release", "migration"}


def dialects() -> list[Any]:
    """Both, and PostgreSQL only where there is a server."""
    unset = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is unset")
    return ["sqlite", pytest.param("postgresql", marks=unset)]


@pytest.fixture(scope="module", params=dialects())
def template(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scratch]:
    """An installed database with nothing in it."""
    place = SERVER if request.param == "postgresql" else str(tmp_path_factory.mktemp("lifecycle"))
    scratch = installed(request.param, place, ROOT)
    yield scratch
    scratch.sweep()


@pytest.fixture
def world(template: Scratch) -> Iterator[World]:
    """A copy of it: two releases have been live, and a deployment is pending."""
    scratch = template.lend()
    try:
        made = World(scratch)
        made.done("fn_sync_registry", registry=REGISTRY)
        push = {"provider": "github", "payload": "{}", "event": PUSH, "delivery_id": "d-0"}
        made.webhook = str(made.done("fn_process_webhook", **push)["entity_id"])
        made.look_once()
        for commit in COMMITS[:2]:
            made.request(commit)
            made.claim()
            made.release(commit)
            assert made.complete("success")["succeeded"]
        made.request(COMMITS[2])
        yield made
    finally:
        scratch.give_back()


def transition(world: World, state: str, function: str, to: str | None) -> Mapping[str, Any] | None:
    """The transition that the table allows, if any."""
    for each in LIFECYCLE["transitions"]:
        wanted = "when" not in each or each["when"] in world.facts
        if (each["from"], each["to"]) == (state, to) and function in each["by"] and wanted:
            return each
    return None


def check_aimed(world: World, state: str, name: str) -> None:
    """The call moves the state as the table says, reports, or is refused without a trace."""
    function, to, call = AIMED[name]
    allowed = transition(world, state, function, to)
    before, logged = world.picture(), len(world.events())
    answer = call(world)
    asked = name == "cancel" and state == "in_progress"
    # A migration is an entry of the release: there has to be one.
    entry = name != "migration" or "a release is recorded" in world.facts
    past = "past the point of no return" in world.facts
    if allowed:
        assert answer["succeeded"], f"{name}: {answer['message']}"
        assert world.state() == allowed["to"], name
        assert allowed["event"] in world.events()[logged:], name
    elif state == "in_progress" and ((name in REPORTS and entry) or (asked and not past)):
        assert answer["succeeded"], f"{name}: {answer['message']}"
        assert world.state() == state, name
    else:
        assert not answer["succeeded"], f"{name} is taken of what is {state}"
        assert world.picture() == before, f"{name} is refused and leaves a trace"


@pytest.mark.parametrize("name", AIMED)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_functions__named_deployment__obey_the_table(
    world: World, situation: str, name: str
) -> None:
    """What names a deployment moves it along the table, or is refused and changes nothing."""
    state, prepare = SITUATIONS[situation]
    prepare(world)
    assert world.state() == state
    check_aimed(world, state, name)


@pytest.mark.parametrize("name", UNAIMED)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_functions__no_named_deployment__obey_the_table(
    world: World, situation: str, name: str
) -> None:
    """What names no deployment moves this one along the table, or leaves it as it is."""
    state, prepare = SITUATIONS[situation]
    prepare(world)
    function, to, call = UNAIMED[name]
    allowed = transition(world, state, function, to)
    logged = len(world.events())
    assert call(world)["succeeded"]
    assert world.state() == (allowed["to"] if allowed else state)
    if allowed:
        assert allowed["event"] in world.events()[logged:]
    else:
        assert world.events()[logged:] == []


def test_lifecycle__every_transition__is_reached_by_a_situation() -> None:
    """A transition that no situation reaches would be tried by nobody."""
    calls = {(function, to) for function, to, _ in (*AIMED.values(), *UNAIMED.values())}
    states = {state for state, _ in SITUATIONS.values()}
    assert states == set(LIFECYCLE["states"])
    for each in LIFECYCLE["transitions"]:
        assert each["event"] in LIFECYCLE["events"]
        assert all((function, each["to"]) in calls for function in each["by"]), each


def test_lifecycle__terminal_states__have_no_way_out() -> None:
    """What has ended stays as it is."""
    for each in LIFECYCLE["transitions"]:
        assert not LIFECYCLE["states"][each["from"]]["terminal"], each


def test_events__whole_lives__have_the_payload_of_the_specification(world: World) -> None:
    """Each event has the entity and the keys that the specification names."""
    recorded(world)
    world.done("fn_record_step", **world.mine, step="backup", state="skipped")
    world.done("fn_record_migration", **world.mine, migration_head="1", backward_compatible=True)
    world.done("fn_cancel_deployment", deployment_id=world.subject)
    world.expire()
    world.claim()
    for name in ("request", "push"):
        assert UNAIMED[name][2](world)["succeeded"]
    assert world.complete("failed")["succeeded"]
    world.done("fn_record_health", **PLACE, status="down")
    world.done("fn_create_token", name="ci", digest="1" * 64, scopes=["read"])
    world.done("fn_revoke_token", name="ci")
    rows = world.scratch.rows("SELECT event_type, entity_type, payload FROM tb_event")
    assert {row["event_type"] for row in rows} == set(LIFECYCLE["events"])
    for row in rows:
        wanted = LIFECYCLE["events"][row["event_type"]]
        assert row["entity_type"] == wanted["entity"], row
        assert set(row["payload"]) == set(wanted["payload"]), row

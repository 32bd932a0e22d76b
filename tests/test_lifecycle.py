"""
The functions keep to ``spec/lifecycle.yaml``: every one is tried in every situation.

A deployment is brought into a situation, then a function is called on it. The table says
where that may take it; what the table does not allow is refused and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from conform.databases import Scratch, installed

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
LIFECYCLE = yaml.safe_load((ROOT / "spec/lifecycle.yaml").read_text())
PLACE = {"fraise": "shop", "environment": "live"}
COMMITS = ["a" * 40, "b" * 40, "c" * 40]
REGISTRY = {
    "fraises": [
        {"name": "shop", "type": "api", "environments": [{"name": "live", "provider": "local"}]}
    ],
    "branch_mapping": [{"branch": "main", **PLACE}],
}
TABLES = (
    "tb_deployment",
    "tb_deployment_request",
    "tb_deployment_step",
    "tb_release",
    "tb_lease",
    "tb_fraise_state",
    "tb_webhook_event",
    "tb_release_migration",
    "tb_worker",
    "tb_event",
)


@dataclass
class World:
    """A database, and the deployment that everything is tried on."""

    scratch: Scratch
    subject: str = ""
    token: int = 0
    facts: frozenset[str] = field(default_factory=frozenset[str])

    def call(self, function: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a function; refusals are answers."""
        return self.scratch.call(function, **arguments)

    def done(self, function: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a function that may not be refused here."""
        answer = self.call(function, **arguments)
        assert answer["succeeded"], answer["message"]
        return answer

    def request(self, commit: str) -> None:
        """Queue a deployment, which becomes the subject."""
        answer = self.done("fn_request_deployment", **PLACE, git_branch="main", git_commit=commit)
        self.subject = str(answer["entity_id"])

    def claim(self) -> None:
        """Let worker w1 take the subject."""
        answer = self.done(
            "fn_claim_deployment", worker="w1", lease_seconds=60, deployment_id=self.subject
        )
        self.token = answer["metadata"]["fencing_token"]

    @property
    def mine(self) -> dict[str, Any]:
        """The arguments by which the holder of the lease names the subject."""
        return {"deployment_id": self.subject, "fencing_token": self.token}

    def release(self, commit: str) -> None:
        """Record what the subject deploys."""
        self.done("fn_record_release", **self.mine, version=commit[:3], git_commit=commit)

    def complete(self, status: str) -> Mapping[str, Any]:
        """End the subject, with a message as if it had failed."""
        return self.call("fn_complete_deployment", **self.mine, status=status, error_message="It.")

    def expire(self) -> None:
        """As if the time of the lease had passed."""
        self.scratch.execute(
            "UPDATE tb_lease SET acquired_at = '2020-01-01T00:00:00.000Z',"
            " expires_at = '2020-01-01T00:01:00.000Z'"
        )

    def state(self) -> str:
        """Where the subject stands now."""
        sql = "SELECT status FROM tb_deployment WHERE id = :id"
        return str(self.scratch.row(sql, id=self.subject)["status"])

    def events(self) -> list[str]:
        """The types of the subject's events, in order."""
        sql = "SELECT event_type FROM tb_event WHERE entity_id = :id ORDER BY pk_event"
        return [row["event_type"] for row in self.scratch.rows(sql, id=self.subject)]

    def picture(self) -> dict[str, list[str]]:
        """Everything that a function may write, but its own answer."""
        return {
            table: [str(row) for row in self.scratch.rows(f"SELECT * FROM {table} ORDER BY 1")]
            for table in TABLES
        }


# -- situations: how a deployment gets there --------------------------------------------


def running(world: World) -> None:
    """Under a lease."""
    world.claim()


def recorded(world: World) -> None:
    """Under a lease, with its release recorded."""
    world.claim()
    world.release(COMMITS[2])
    world.facts = frozenset({"a release is recorded"})


def cancelling(world: World) -> None:
    """Under a lease, asked to end."""
    world.claim()
    world.done("fn_cancel_deployment", deployment_id=world.subject)
    world.facts = frozenset({"a cancel was requested"})


def switching(world: World) -> None:
    """Under a lease, past the point of no return."""
    world.claim()
    point = LIFECYCLE["point_of_no_return"]
    world.done("fn_record_step", **world.mine, step=point, state="started")
    world.facts = frozenset({"past the point of no return"})


def expired(world: World) -> None:
    """Under a lease whose time has passed."""
    world.claim()
    world.expire()
    world.facts = frozenset({"the lease expired and attempts are left"})


def exhausted(world: World) -> None:
    """The lease of the last attempt has expired."""
    for _ in range(LIFECYCLE["attempts_max"]):
        world.claim()
        world.expire()
    world.facts = frozenset({"the lease expired after the last attempt"})


def ended(status: str) -> Callable[[World], None]:
    """Ended by the holder of the lease."""

    def end(world: World) -> None:
        recorded(world)
        if status == "cancelled":
            world.done("fn_cancel_deployment", deployment_id=world.subject)
        assert world.complete(status)["succeeded"]
        world.facts = frozenset()

    return end


def superseded(world: World) -> None:
    """A newer request came, and was cancelled since."""
    old = world.subject
    world.request(COMMITS[1])
    world.done("fn_cancel_deployment", deployment_id=world.subject)
    world.subject = old


SITUATIONS: dict[str, tuple[str, Callable[[World], None]]] = {
    "pending": ("pending", lambda world: None),
    "running": ("in_progress", running),
    "recorded": ("in_progress", recorded),
    "cancelling": ("in_progress", cancelling),
    "switching": ("in_progress", switching),
    "expired": ("in_progress", expired),
    "exhausted": ("in_progress", exhausted),
    "superseded": ("superseded", superseded),
    **{
        status: (status, ended(status))
        for status in ("success", "failed", "rolled_back", "cancelled")
    },
}


# -- calls: the function, the state that it aims at, and how it is called ------------------

PUSH = {"event_type": "push", "branch": "main", "commit_sha": "d" * 40, "sender": "ann"}
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
    rows = world.scratch.rows("SELECT event_type, entity_type, payload FROM tb_event")
    assert {row["event_type"] for row in rows} == set(LIFECYCLE["events"])
    for row in rows:
        wanted = LIFECYCLE["events"][row["event_type"]]
        assert row["entity_type"] == wanted["entity"], row
        assert set(row["payload"]) == set(wanted["payload"]), row

"""A deployment, and the situations into which the lifecycle's tests bring it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from conform.databases import Scratch

ROOT = Path(__file__).resolve().parent.parent
LIFECYCLE = yaml.safe_load((ROOT / "spec/lifecycle.yaml").read_text())
PLACE = {"fraise": "shop", "environment": "live"}
COMMITS = ["a" * 40, "b" * 40, "c" * 40]
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
    webhook: str = ""
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

    def look_once(self) -> None:
        """Look at an empty repository, and claim the next look."""
        self.done("fn_claim_reconcile", worker="w1")
        self.done("fn_complete_reconcile", fraise=PLACE["fraise"], claim=1, refs=[])
        self.scratch.execute("UPDATE tb_reconcile SET next_at = '2020-01-01T00:00:00.000Z'")
        self.done("fn_claim_reconcile", worker="w1")

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

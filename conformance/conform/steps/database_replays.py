"""Steps of the scenarios in which a command comes twice, or without an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_bdd import parsers, step, then

from conform.steps.database_registry import USUAL, registry_document
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]

# Arguments with which each function would do something, were there a command id.
CALLS: Mapping[str, Mapping[str, Any]] = {
    "fn_sync_registry": {"registry": {"fraises": [], "branch_mapping": []}},
    "fn_request_deployment": {"fraise": "shop", "environment": "production"},
    "fn_request_rollback": {"fraise": "shop", "environment": "staging"},
    "fn_process_webhook": {
        "provider": "github",
        "hook": "default",
        "delivery_id": "d1",
        "event": {"event_type": "ping"},
    },
    "fn_replay_webhook": {"webhook_id": "d0"},
    "fn_claim_deployment": {"worker": "w1", "lease_seconds": 60},
    "fn_heartbeat": {
        "deployment_id": "A",
        "worker": "w1",
        "fencing_token": 1,
        "lease_seconds": 60,
    },
    "fn_record_step": {
        "deployment_id": "A",
        "fencing_token": 1,
        "step": "build",
        "state": "started",
    },
    "fn_record_release": {
        "deployment_id": "A",
        "fencing_token": 1,
        "version": "v1",
        "git_commit": "abc0001",
    },
    "fn_record_migration": {
        "deployment_id": "A",
        "fencing_token": 1,
        "migration_head": "0008",
        "backward_compatible": True,
    },
    "fn_complete_deployment": {
        "deployment_id": "A",
        "fencing_token": 1,
        "status": "failed",
        "error_message": "it broke",
    },
    "fn_cancel_deployment": {"deployment_id": "A"},
    "fn_reap_expired_leases": {},
    "fn_claim_notification": {"worker": "w1", "lease_seconds": 60},
    "fn_complete_notification": {"notification_id": "N", "claim": 1, "succeeded": True},
    "fn_claim_reconcile": {"worker": "w1"},
    "fn_complete_reconcile": {"fraise": "shop", "claim": 1, "refs": []},
    "fn_record_health": {"fraise": "shop", "environment": "production", "status": "down"},
    "fn_record_worker": {"worker": "o1", "state": "running", "lease_seconds": 30},
}


def beside(db: DatabaseWorld, function: str, **arguments: Any) -> None:
    """A call of somebody else: the last call stays the one that the scenario speaks of."""
    answer = db.scratch.call(function, **arguments)
    assert answer["succeeded"], f"the set-up was refused: {answer}"


@step("the registry holds beside the last call:")
def sync_beside(db: DatabaseWorld, datatable: Table) -> None:
    """A sync by somebody else, of the usual registry and more."""
    document = registry_document(USUAL)
    more = registry_document(datatable)
    document["fraises"] += more["fraises"]
    beside(db, "fn_sync_registry", registry=document, actor="setup")


@step(parsers.parse("{deployment} is superseded beside the last call"))
def supersede_beside(db: DatabaseWorld, deployment: str) -> None:
    """A request by somebody else for the same environment."""
    row = db.rows.labelled("tb_deployment", deployment, db.names)
    beside(
        db, "fn_request_deployment", fraise=row["fraise"], environment=row["environment"], actor="x"
    )


@step(parsers.parse("{function} is asked without a command id"))
def ask_without_command(db: DatabaseWorld, function: str) -> None:
    """A programming error: the error of the driver is kept."""
    arguments = {
        name: db.identity(value)
        if name in ("deployment_id", "notification_id", "webhook_id")
        else value
        for name, value in CALLS[function].items()
    }
    db.attempt(function, arguments | {"command_id": None})


@then("the call aborts and nothing changed")
def aborted(db: DatabaseWorld) -> None:
    """The database raised an error and wrote nothing, not even a command."""
    assert db.error is not None, f"the call went through: {db.answer}"
    assert dict(db.rows.rows) == dict(db.before.rows)

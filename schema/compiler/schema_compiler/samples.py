"""A sequence of calls after which every view has rows and every key a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schema_compiler.scratch import Scratch

REGISTRY: dict[str, Any] = {
    "fraises": [
        {
            "name": "shop",
            "type": "api",
            "description": "A sample",
            "repository": "https://example.org/team/shop.git",
            "repository_key": "example.org/team/shop",
            "git_provider": "github",
            "database": {"type": "postgresql", "name": "shop", "path": "db", "strategy": "apply"},
            "config": {},
            "environments": [
                {
                    "name": "production",
                    "provider": "local",
                    "target": {"port": 8080},
                    "database": None,
                    "config": {},
                    "jobs": [
                        {"name": "n", "schedule": "0 0 * * *", "script": "s", "depends_on": None}
                    ],
                }
            ],
        },
        {
            "name": "mail",
            "type": "etl",
            "description": None,
            "repository": None,
            "repository_key": None,
            "git_provider": "github",
            "database": None,
            "config": {},
            "environments": [],
        },
    ],
    "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}],
}
TARGET = {"fraise": "shop", "environment": "production"}


def fill(scratch: Scratch) -> None:
    """Deploy twice, roll back, cancel, receive webhooks, check health."""
    scratch.call("fn_sync_registry", registry=REGISTRY, actor="compiler")
    for digit, status in (("a", "success"), ("b", "success"), ("c", "failed")):
        _webhook(scratch, digit * 40)
        _carry_out(scratch, digit * 40, status)
    scratch.call("fn_request_deployment", **TARGET, dry_run=True)
    first = scratch.call("fn_request_deployment", **TARGET, actor="someone")
    scratch.call("fn_request_rollback", **TARGET, actor="someone")
    scratch.call("fn_request_rollback", **TARGET, to_version="no-such-version")
    scratch.call("fn_cancel_deployment", deployment_id=first["entity_id"], reason="no")
    scratch.call("fn_record_health", **TARGET, status="degraded", message="slow")
    scratch.call("fn_record_worker", worker="w", state="running", lease_seconds=30)
    scratch.call("fn_create_token", name="ci", digest="0" * 64, scopes=["read"], actor="someone")
    scratch.call("fn_revoke_token", name="ci", actor="someone")


def _webhook(scratch: Scratch, commit: str) -> None:
    event = {
        "event_type": "push",
        "native_event": "push",
        "branch": "main",
        "tag": None,
        "commit_sha": commit,
        "before": None,
        "sender": "someone",
        "repository": "team/shop",
        "repository_keys": ["example.org/team/shop"],
    }
    scratch.call(
        "fn_process_webhook",
        provider="github",
        payload="{}",
        event=event,
        hook="default",
        delivery_id=commit[:8],
        actor="someone",
    )


def _carry_out(scratch: Scratch, commit: str, status: str) -> None:
    claim = scratch.call("fn_claim_deployment", worker="w", lease_seconds=60)
    metadata: dict[str, Any] = claim["metadata"] or {}
    task: dict[str, Any] = {
        "deployment_id": claim["entity_id"],
        "fencing_token": metadata.get("fencing_token"),
    }
    for state in ("started", "succeeded"):
        scratch.call(
            "fn_record_step", **task, step="fetch", state=state, progress=100, message="done"
        )
    scratch.call("fn_record_release", **task, version=commit[:7], git_commit=commit)
    scratch.call("fn_record_step", **task, step="switch", state="started", progress=0)
    failure = {"error_code": "deployment-failed", "error_message": "It broke."}
    scratch.call(
        "fn_complete_deployment",
        **task,
        status=status,
        health="healthy",
        **(failure if status == "failed" else {}),
    )

"""The database that fuzzing finds, and everything that is in it."""

from __future__ import annotations

import hashlib
import json

from conform.databases import Scratch

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'tb_*'",
    "postgresql": "SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'tb~_%' ESCAPE '~'",
}


def populate(scratch: Scratch) -> None:
    """Deployments that wait, run, have ended well and badly."""
    for end in ("success", "failed", "success", None):
        for fraise, environment in (("shop", "production"), ("mail", "production")):
            _deploy(scratch, fraise, environment, end)


def _deploy(scratch: Scratch, fraise: str, environment: str, end: str | None) -> None:
    asked = scratch.call("fn_request_deployment", fraise=fraise, environment=environment)
    identity = str(asked["entity_id"])
    if end is None:
        return
    claim = scratch.call(
        "fn_claim_deployment", worker="w", lease_seconds=600, deployment_id=identity
    )
    task = {"deployment_id": identity, "fencing_token": claim["metadata"]["fencing_token"]}
    scratch.call("fn_record_release", **task, version="1.0", git_commit="a" * 40)
    why = {} if end == "success" else {"error_code": "build-failed", "error_message": "no"}
    scratch.call("fn_complete_deployment", **task, status=end, health="healthy", **why)


def contents(scratch: Scratch) -> dict[str, str]:
    """A digest of every table."""
    found: dict[str, str] = {}
    for row in scratch.rows(TABLES[scratch.dialect]):
        rows = sorted(
            json.dumps(each, default=str, sort_keys=True)
            for each in scratch.rows(f"SELECT * FROM {row['name']}")
        )
        found[row["name"]] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found

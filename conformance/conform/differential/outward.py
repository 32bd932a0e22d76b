"""What the surfaces of an implementation are asked, by verb: GraphQL, the CLI, webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conform.world.server import Server
from conform.world.subject import Subject

DEPLOYMENT = """{ id fraise environment kind status outcome startedAt completedAt oldVersion
  newVersion triggeredBy target { provider config } gitCommit gitBranch errorCode errorMessage
  actor force attempt worker supersededBy cutoverAt cancelRequestedAt webhookId
  steps { step state progress message attempt position detail } }"""
WEBHOOK = """{ id provider hook deliveryId eventType repository branch tag commitSha sender
  processed ignoredReason replayedFrom replayedBy replays changes
  deployments { id fraise environment status outcome } }"""
DONE = f"{{ success code message deployment {DEPLOYMENT} }}"
ROUTED = f"{{ success code message event {WEBHOOK} }}"
DEPLOY = f"""mutation($fraise: String!, $environment: String!, $branch: String, $commit: String,
  $force: Boolean) {{ deployCommit(fraise: $fraise, environment: $environment,
  gitBranch: $branch, gitCommit: $commit, force: $force) {DONE} }}"""
ROLLBACK = f"""mutation($fraise: String!, $environment: String!, $to: String) {{
  rollback(fraise: $fraise, environment: $environment, toVersion: $to) {DONE} }}"""
CANCEL = f"""mutation($id: ID!, $reason: String) {{
  cancelDeployment(deploymentId: $id, reason: $reason) {DONE} }}"""
REPLAY = f"mutation($id: ID!) {{ replayWebhook(webhookId: $id) {ROUTED} }}"
# A question by its name: the query, and the command that answers the same.
QUESTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "deployments": (f"{{ deployments(limit: 50) {DEPLOYMENT} }}", ("history", "--limit", "50")),
    "of shop": (
        f'{{ deployments(fraise: "shop", environment: "live") {DEPLOYMENT} }}',
        ("history", "shop", "--environment", "live"),
    ),
    "fraises": (
        "{ fraises { id name type kind description repository environments { id name status"
        " currentVersion currentCommit heldCommit branches target { provider config } } } }",
        ("list",),
    ),
    "statuses": (
        "{ environmentStatuses { fraise environment currentVersion status } }",
        ("status-all",),
    ),
    "status": (
        '{ status(fraise: "shop", environment: "live") }',
        ("status", "shop", "live"),
    ),
    "stats": (
        "{ stats { total successful failed rolledBack avgDurationSeconds successRate } }",
        ("stats",),
    ),
    "webhooks": (f"{{ webhookEvents {WEBHOOK} }}", ("webhooks",)),
    "summaries": (
        "{ deploymentSummaries { id fraise environment startedAt versionChange status outcome"
        " kind errorCode hint actor } }",
        ("history", "--limit", "20"),
    ),
    "unknown": ('{ fraise(name: "nobody") { id } }', ("status", "nobody", "live")),
}

Arguments = Mapping[str, Any]
OUTWARD = frozenset({"deploy", "rollback", "cancel", "replay", "push", "ask"})


def by_graphql(server: Server, verb: str, given: Arguments) -> Any:
    """The decoded response."""
    if verb == "ask":
        return server.graphql(QUESTIONS[given["query"]][0])
    query, names = _GRAPHQL[verb]
    return server.graphql(query, {ours: given.get(theirs) for ours, theirs in names.items()})


PLACE = {"fraise": "fraise", "environment": "environment"}
_GRAPHQL: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "deploy": (
        DEPLOY,
        {**PLACE, "branch": "git_branch", "commit": "git_commit", "force": "force"},
    ),
    "rollback": (ROLLBACK, {**PLACE, "to": "to_version"}),
    "cancel": (CANCEL, {"id": "deployment_id", "reason": "reason"}),
    "replay": (REPLAY, {"id": "webhook_id"}),
}


def by_cli(subject: Subject, verb: str, given: Arguments) -> Any:
    """The exit status, and standard output as JSON lines (what is none of them, as text)."""
    done = subject.cli(*_CLI[verb](given), "--json")
    return {"exit": done.exit, "said": [_decoded(line) for line in _lines(done.stdout)]}


def _lines(text: str) -> list[str]:
    try:
        json.loads(text)
    except ValueError:
        return text.splitlines()
    return [text]


def _decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _place(given: Arguments) -> list[str]:
    return [str(given["fraise"]), str(given["environment"])]


def _options(given: Arguments, **names: str) -> list[str]:
    pairs = ((f"--{option}", given.get(key)) for option, key in names.items())
    return [word for option, value in pairs if value is not None for word in (option, str(value))]


def _flags(given: Arguments) -> list[str]:
    return ["--no-wait", *(["--force"] if given.get("force") else [])]


_CLI: Mapping[str, Callable[[Arguments], list[str]]] = {
    "deploy": lambda g: [
        *("deploy", *_place(g), *_flags(g)),
        *_options(g, branch="git_branch", commit="git_commit"),
    ],
    "rollback": lambda g: ["rollback", *_place(g), *_flags(g), *_options(g, to="to_version")],
    "cancel": lambda g: ["cancel", str(g["deployment_id"]), *_options(g, reason="reason")],
    "replay": lambda g: ["webhooks", "replay", str(g["webhook_id"])],
    "ask": lambda g: list(QUESTIONS[g["query"]][1]),
}


def by_webhook(server: Server, given: Arguments) -> Any:
    """A push as GitHub sends it; status and body."""
    commit, branch = given["commit_sha"], given["branch"]
    payload = {
        "ref": f"refs/heads/{branch}",
        "before": "0" * 40,
        "after": commit,
        "deleted": bool(given.get("deleted")),
        "repository": {
            "full_name": "acme/shop",
            "clone_url": "https://forge.test/acme/shop.git",
            "html_url": "https://forge.test/acme/shop",
        },
        "head_commit": {"id": commit, "message": "a change"},
        "sender": {"login": "ann"},
    }
    secret = None if given.get("signed", True) else "another secret"
    answer = server.post_webhook(payload, delivery=given["delivery_id"], secret=secret)
    return {"status": answer.status, "said": _decoded(answer.text)}

"""
The schema of schema.yaml, written with the ``fraiseql`` package.

Prints the intermediate schema that ``fraiseql-cli compile`` takes; a test shows that
it equals ``schema/compiled/fraiseql.json``.
"""

import json
import sys
from typing import Annotated

import beyond
import fraiseql
from fraiseql.scalars import ID, DateTime, Json
from kinds import DeploymentStatus, FraiseStatus, FraiseType, TriggerType, WebhookProvider

__all__ = ["beyond"]

EXACT = {"limit": False, "offset": False, "where": False, "order_by": False}
LIMITED = {**EXACT, "limit": True}


@fraiseql.type(embedded=True)
class DatabaseConfig:
    """The database of a fraise; never Fraisier's own."""

    type: str | None
    name: str | None
    path: str | None
    strategy: str | None


@fraiseql.type(embedded=True)
class DeploymentTarget:
    """The provider that performs deployments, with its configuration (secrets left out)."""

    provider: str
    config: Json | None


@fraiseql.type(embedded=True)
class Environment:
    """Where a fraise runs."""

    id: ID
    name: str
    target: DeploymentTarget
    current_version: str | None
    current_commit: str | None
    last_deployed_at: DateTime | None
    status: FraiseStatus
    branches: Annotated[list[str], fraiseql.field(description="Branches whose pushes deploy here.")]
    fraise: str
    last_deployed_by: str | None
    jobs: Annotated[
        list[Json], fraiseql.field(description="Its jobs: name, schedule, script and depends_on.")
    ]
    held_commit: Annotated[
        str | None,
        fraiseql.field(description="A commit that a rollback left; pushes of it deploy nothing."),
    ]


@fraiseql.type(sql_source="v_fraise")
class Fraise:
    """A deployable service."""

    id: Annotated[ID, fraiseql.field(description="Public id.")]
    name: str
    type: FraiseType
    kind: Annotated[str, fraiseql.field(description="The type as fraises.yaml has it.")]
    description: str | None
    git_provider: Annotated[
        str | None, fraiseql.field(description="The forge that hosts the repository.")
    ]
    repository: str | None
    database: DatabaseConfig | None
    environments: list[Environment]


@fraiseql.type(embedded=True)
class DeploymentStep:
    """One step of a deployment in one attempt."""

    id: ID
    attempt: int
    step: str
    state: str
    progress: int
    message: str | None
    deployment_id: ID
    position: Annotated[
        int, fraiseql.field(description="Its place among the steps of the attempt.")
    ]
    detail: Annotated[
        Json | None,
        fraiseql.field(description="What the step found: of a failed one also code and hint."),
    ]
    started_at: DateTime
    completed_at: DateTime | None


@fraiseql.type(sql_source="v_deployment")
class Deployment:
    """One deployment, from the request to its end."""

    id: ID
    fraise: str
    environment: str
    started_at: Annotated[
        DateTime, fraiseql.field(description="While it waits, the time it was requested.")
    ]
    completed_at: DateTime | None
    duration_seconds: float | None
    old_version: str | None
    new_version: str | None
    status: DeploymentStatus
    triggered_by: TriggerType
    target: DeploymentTarget
    git_commit: str | None
    git_branch: str | None
    error_message: str | None
    fraise_id: Annotated[ID, fraiseql.field(description="Public id of the fraise.")]
    kind: Annotated[str, fraiseql.field(description="deploy or rollback.")]
    outcome: Annotated[
        str, fraiseql.field(description="The exact state: also superseded and cancelled.")
    ]
    error_code: Annotated[str | None, fraiseql.field(description="A code of spec/errors.yaml.")]
    actor: Annotated[str | None, fraiseql.field(description="Who asked for it.")]
    requested_at: DateTime
    superseded_by: ID | None
    force: bool
    attempt: int
    worker: Annotated[str | None, fraiseql.field(description="Who carries it out.")]
    cutover_at: Annotated[
        DateTime | None,
        fraiseql.field(description="When it began to switch; it cannot be cancelled any more."),
    ]
    cancel_requested_at: DateTime | None
    webhook_id: Annotated[ID | None, fraiseql.field(description="The webhook that asked for it.")]
    steps: list[DeploymentStep]


@fraiseql.type(embedded=True)
class DeploymentProgress:
    """One step's news, from the event log."""

    deployment_id: ID
    step: str
    progress: int
    message: str | None
    timestamp: DateTime


@fraiseql.type(embedded=True)
class DeploymentStats:
    """Deployments that started within the days asked for, counted."""

    total: int
    successful: int
    failed: int
    rolled_back: int
    avg_duration_seconds: float | None
    success_rate: Annotated[
        float, fraiseql.field(description="Per cent, one decimal; 0 when nothing is counted.")
    ]


@fraiseql.type(embedded=True)
class WebhookDeployment:
    """A deployment that a webhook asked for."""

    id: ID
    fraise: str
    environment: str
    status: DeploymentStatus
    outcome: Annotated[str, fraiseql.field(description="The exact state.")]


@fraiseql.type(sql_source="v_recent_webhooks")
class WebhookEvent:
    """A webhook that was accepted."""

    id: ID
    received_at: DateTime
    provider: WebhookProvider
    event_type: str
    repository: str | None
    branch: str | None
    tag: str | None
    commit_sha: str | None
    sender: str | None
    delivery_id: str
    processed: bool
    ignored_reason: Annotated[str | None, fraiseql.field(description="Why it deployed nothing.")]
    hook: Annotated[str, fraiseql.field(description="The receiver of it.")]
    native_event: Annotated[str | None, fraiseql.field(description="What the forge calls it.")]
    replayed_from: Annotated[
        ID | None, fraiseql.field(description="The webhook that this one is a replay of.")
    ]
    replayed_by: str | None
    replays: list[ID]
    changes: Annotated[
        list[Json],
        fraiseql.field(
            description="Each branch and tag of a webhook that tells of several, else empty."
        ),
    ]
    deployments: list[WebhookDeployment]


@fraiseql.type(embedded=True)
class DeploymentResult:
    """The answer to a request for a deployment or a rollback."""

    success: bool
    message: str | None
    code: Annotated[
        str, fraiseql.field(description="requested, dry-run, or a code of spec/errors.yaml.")
    ]
    deployment: Annotated[
        Deployment | None, fraiseql.field(description="Null for a dry run and when refused.")
    ]


@fraiseql.type(embedded=True)
class WebhookResult:
    """The answer to a webhook."""

    success: bool
    message: str | None
    code: Annotated[
        str, fraiseql.field(description="accepted, ignored, or a code of spec/errors.yaml.")
    ]
    event: WebhookEvent | None


@fraiseql.query(sql_source="v_fraise", auto_params=EXACT)
def fraises() -> list[Fraise]:
    """All fraises."""


@fraiseql.query(sql_source="v_fraise", auto_params=EXACT)
def fraise(name: str) -> Fraise | None:
    """One fraise by name."""


@fraiseql.query(sql_source="v_deployment", auto_params=LIMITED)
def deployments(
    fraise: str | None, environment: str | None, limit: int | None = 20
) -> list[Deployment]:
    """Deployments, newest first."""


@fraiseql.query(sql_source="v_deployment", auto_params=EXACT)
def deployment(id: ID) -> Deployment | None:
    """One deployment by id."""


@fraiseql.query(sql_source="v_deployment", auto_params=LIMITED)
def deployment_history(fraise_id: ID | None, limit: int | None = 50) -> list[Deployment]:
    """Deployments, newest first. fraiseId is the id or the name of a fraise."""


@fraiseql.query(sql_source="v_fraise_status", auto_params=EXACT)
def status(fraise: str, environment: str) -> FraiseStatus:
    """What the last health check of an environment saw."""


@fraiseql.query(sql_source="v_deployment_outcome", auto_params=EXACT)
def stats(fraise: str | None, days: int | None = 30) -> DeploymentStats:
    """Deployments counted."""


@fraiseql.query(sql_source="v_recent_webhooks", auto_params=LIMITED)
def webhook_events(limit: int | None = 20) -> list[WebhookEvent]:
    """Webhooks, newest first."""


@fraiseql.mutation(sql_source="fn_request_deployment", operation="CREATE")
def deploy(
    fraise: str, environment: str, dry_run: bool | None = False, force: bool | None = False
) -> DeploymentResult:
    """Ask for a deployment."""


@fraiseql.mutation(sql_source="fn_request_rollback", operation="CREATE")
def rollback(fraise: str, environment: str, to_version: str | None) -> DeploymentResult:
    """Ask for an older release again. Without toVersion, the one before the current."""


@fraiseql.mutation(sql_source="fn_process_webhook", operation="CREATE")
def process_webhook(
    provider: WebhookProvider, payload: str, signature: str | None
) -> WebhookResult:
    """Hand over a webhook. The signature is checked before the database is asked."""


@fraiseql.mutation(sql_source="fn_request_deployment", operation="CREATE")
def deploy_commit(
    fraise: str,
    environment: str,
    git_branch: str | None,
    git_commit: str | None,
    force: bool | None = False,
) -> DeploymentResult:
    """Ask for a deployment of a branch or of a commit that is not the environment's own."""


@fraiseql.mutation(sql_source="fn_request_rollback", operation="CREATE")
def force_rollback(
    fraise: str, environment: str, to_version: str | None, force: bool | None = True
) -> DeploymentResult:
    """Ask for an older release again, though its code may not run on today's database."""


@fraiseql.mutation(sql_source="fn_cancel_deployment", operation="UPDATE")
def cancel_deployment(deployment_id: ID, reason: str | None) -> DeploymentResult:
    """Cancel a deployment before its cutover."""


@fraiseql.mutation(sql_source="fn_replay_webhook", operation="CREATE")
def replay_webhook(webhook_id: ID) -> WebhookResult:
    """Route a webhook again, under the rules of now."""


@fraiseql.subscription(
    topic="deployment_progress",
    filter={"conditions": [{"argument": "deployment_id", "path": "/deployment_id"}]},
)
def deployment_progress(deployment_id: ID) -> DeploymentProgress:
    """The steps of one deployment as they happen."""


@fraiseql.subscription(topic="deployment_started")
def deployment_started() -> Deployment:
    """Deployments as they start."""


@fraiseql.subscription(topic="deployment_completed")
def deployment_completed() -> Deployment:
    """Deployments as they end."""


@fraiseql.subscription(
    topic="deployment_status_changed",
    filter={"conditions": [{"argument": "fraise_id", "path": "/fraise_id"}]},
)
def deployment_status_changed(fraise_id: ID | None) -> Deployment:
    """Deployments whenever their status changes. fraiseId is the id or the name of a fraise."""


def main() -> None:
    """Write the schema to standard output."""
    schema = fraiseql.get_schema_dict()
    sections = {name: value for name, value in schema.items() if value}
    json.dump({"version": "2.0.0", **sections}, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()

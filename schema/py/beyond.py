"""What the schema has beyond the product documents: all that the command line shows."""

from typing import Annotated

import fraiseql
from fraiseql.scalars import ID, DateTime, Json
from kinds import DeploymentStatus, FraiseStatus, TriggerType

EXACT = {"limit": False, "offset": False, "where": False, "order_by": False}


@fraiseql.type(sql_source="v_deployment_history")
class DeploymentSummary:
    """One line of the history."""

    id: ID
    fraise: str
    environment: str
    started_at: DateTime
    completed_at: DateTime | None
    duration_seconds: float | None
    version_change: str | None
    status: DeploymentStatus
    target_provider: str | None
    git_commit: str | None
    error_message: str | None
    triggered_by: TriggerType
    actor: str | None
    outcome: str
    kind: str
    error_code: str | None
    hint: Annotated[
        str | None, fraiseql.field(description="The way out, when the step that failed knew one.")
    ]


@fraiseql.type(sql_source="v_fraise_status")
class EnvironmentStatus:
    """What serves in an environment."""

    fraise: str
    environment: str
    current_version: str | None
    status: FraiseStatus
    target_provider: str | None
    last_deployed_at: DateTime | None
    last_deploy_duration: float | None
    last_git_commit: str | None
    current_commit: str | None
    id: ID


@fraiseql.type(sql_source="v_api_token")
class ApiToken:
    """A token of the API, without its secret."""

    id: ID
    name: str
    scopes: Annotated[
        list[str], fraiseql.field(description="read, deploy, admin; none includes another one.")
    ]
    state: Annotated[str, fraiseql.field(description="active, expired or revoked.")]
    created_at: DateTime
    created_by: str | None
    expires_at: DateTime | None
    revoked_at: DateTime | None
    revoked_by: str | None
    last_used_at: Annotated[DateTime | None, fraiseql.field(description="Right to ten minutes.")]


@fraiseql.type(embedded=True)
class ApiTokenResult:
    """The answer about a token."""

    success: bool
    message: str | None
    code: Annotated[
        str,
        fraiseql.field(description="created, revoked, unchanged, or a code of spec/errors.yaml."),
    ]
    token: ApiToken | None


@fraiseql.query(sql_source="v_deployment_history", auto_params={**EXACT, "limit": True})
def deployment_summaries(
    fraise: str | None, environment: str | None, limit: int | None = 20
) -> list[DeploymentSummary]:
    """The history in one line each, newest first."""


@fraiseql.query(sql_source="v_fraise_status", auto_params=EXACT)
def environment_statuses(fraise: str | None, environment: str | None) -> list[EnvironmentStatus]:
    """What serves where."""


@fraiseql.query(sql_source="v_api_token", auto_params=EXACT)
def api_tokens() -> list[ApiToken]:
    """Every token of the API, revoked ones too."""


@fraiseql.mutation(sql_source="fn_create_token", operation="CREATE")
def create_token(
    name: str, digest: str, scopes: Json, expires_seconds: int | None
) -> ApiTokenResult:
    """Make a token known. Its secret stays with the caller, digest is its SHA-256."""


@fraiseql.mutation(sql_source="fn_revoke_token", operation="UPDATE")
def revoke_token(name: str) -> ApiTokenResult:
    """End a token for good."""

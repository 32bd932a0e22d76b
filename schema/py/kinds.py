"""The enums of the schema."""

from enum import Enum

import fraiseql


@fraiseql.enum
class FraiseType(Enum):
    """What a fraise is; etl and backup show as CUSTOM, see Fraise.kind."""

    API = "API"
    WORKER = "WORKER"
    SCHEDULED = "SCHEDULED"
    CUSTOM = "CUSTOM"


@fraiseql.enum
class DeploymentStatus(Enum):
    """Where a deployment stands; superseded and cancelled show as FAILED, see outcome."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"


@fraiseql.enum
class TriggerType(Enum):
    """What asked for a deployment."""

    WEBHOOK = "WEBHOOK"
    MANUAL = "MANUAL"
    SCHEDULED = "SCHEDULED"
    API = "API"


@fraiseql.enum
class WebhookProvider(Enum):
    """The forge that sent a webhook."""

    GITHUB = "GITHUB"
    GITLAB = "GITLAB"
    GITEA = "GITEA"
    BITBUCKET = "BITBUCKET"
    CUSTOM = "CUSTOM"


@fraiseql.enum
class FraiseStatus(Enum):
    """What the last health check of an environment saw."""

    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"

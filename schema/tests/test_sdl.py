"""The SDL of the product document is served exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, build_schema, print_ast

ROOT = Path(__file__).parents[2]
PRODUCT_SDL = """
scalar DateTime
scalar JSON
type Query {
  fraises: [Fraise!]!
  fraise(name: String!): Fraise
  deployments(fraise: String, environment: String, limit: Int = 20): [Deployment!]!
  deployment(id: ID!): Deployment
  status(fraise: String!, environment: String!): FraiseStatus!
  stats(fraise: String, days: Int = 30): DeploymentStats!
  webhookEvents(limit: Int = 20): [WebhookEvent!]!
}
type Mutation {
  deploy(
    fraise: String!
    environment: String!
    dryRun: Boolean = false
    force: Boolean = false
  ): DeploymentResult!
  rollback(fraise: String!, environment: String!, toVersion: String): DeploymentResult!
  processWebhook(provider: WebhookProvider!, payload: String!, signature: String): WebhookResult!
}
type Subscription {
  deploymentProgress(deploymentId: ID!): DeploymentProgress!
  deploymentStarted: Deployment!
  deploymentCompleted: Deployment!
}
type Fraise {
  name: String!
  type: FraiseType!
  description: String
  database: DatabaseConfig
  environments: [Environment!]!
}
type Environment {
  name: String!
  target: DeploymentTarget!
  currentVersion: String
  lastDeployedAt: DateTime
  status: FraiseStatus!
}
type DeploymentTarget {
  provider: String!
  config: JSON
}
type Deployment {
  id: ID!
  fraise: String!
  environment: String!
  startedAt: DateTime!
  completedAt: DateTime
  durationSeconds: Float
  oldVersion: String
  newVersion: String
  status: DeploymentStatus!
  triggeredBy: TriggerType!
  target: DeploymentTarget!
  gitCommit: String
  gitBranch: String
  errorMessage: String
}
type DeploymentProgress {
  deploymentId: ID!
  step: String!
  progress: Int!
  message: String
  timestamp: DateTime!
}
type DeploymentStats {
  total: Int!
  successful: Int!
  failed: Int!
  rolledBack: Int!
  avgDurationSeconds: Float
  successRate: Float!
}
type DatabaseConfig { type: String }
type WebhookEvent { id: ID! }
type DeploymentResult { success: Boolean! deployment: Deployment }
type WebhookResult { success: Boolean! }
enum FraiseType { API, WORKER, SCHEDULED, CUSTOM }
enum DeploymentStatus { PENDING, IN_PROGRESS, SUCCESS, FAILED, ROLLED_BACK }
enum TriggerType { WEBHOOK, MANUAL, SCHEDULED, API }
enum WebhookProvider { GITHUB, GITLAB, GITEA, BITBUCKET, CUSTOM }
enum FraiseStatus { HEALTHY, DEGRADED, DOWN, UNKNOWN }
"""


@pytest.fixture(scope="module")
def served() -> GraphQLSchema:
    """The compiled SDL."""
    return build_schema((ROOT / "schema" / "compiled" / "schema.graphql").read_text())


def _field_lines(kind: GraphQLObjectType) -> dict[str, str]:
    return {
        name: ", ".join(
            print_ast(argument.ast_node) for argument in field.args.values() if argument.ast_node
        )
        + f" -> {field.type}"
        for name, field in kind.fields.items()
    }


def test_product_sdl__every_type__is_served_exactly(served: GraphQLSchema) -> None:
    """Each field of the product document has its arguments, defaults, type and nullability."""
    for name, kind in build_schema(PRODUCT_SDL).type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            target = served.type_map[name]
            assert isinstance(target, GraphQLObjectType), name
            shown = _field_lines(target)
            for field, line in _field_lines(kind).items():
                assert shown.get(field) == line, f"{name}.{field}"


def test_product_sdl__every_enum__has_the_same_values(served: GraphQLSchema) -> None:
    """The enums have the values of the product document and no others."""
    for name, kind in build_schema(PRODUCT_SDL).type_map.items():
        if isinstance(kind, GraphQLEnumType) and not name.startswith("__"):
            target = served.type_map[name]
            assert isinstance(target, GraphQLEnumType), name
            assert list(target.values) == list(kind.values), name


def test_product_sdl__deploy_defaults__are_read() -> None:
    """The comparison sees defaults: another default would be found."""
    shown = build_schema(PRODUCT_SDL).type_map["Mutation"]
    assert isinstance(shown, GraphQLObjectType)
    assert "dryRun: Boolean = false" in _field_lines(shown)["deploy"]


@pytest.mark.parametrize(
    ("owner", "field"),
    [
        ("Fraise", "id"),
        ("Fraise", "deploymentHistory"),
        ("Query", "deploymentHistory"),
        ("Subscription", "deploymentStatusChanged"),
    ],
)
def test_second_document__additions__are_served(
    served: GraphQLSchema, owner: str, field: str
) -> None:
    """What only the second product document has is served too."""
    kind = served.type_map[owner]
    assert isinstance(kind, GraphQLObjectType)
    assert field in kind.fields

// Every document that the dashboard sends. tests/test_dashboard.py holds them against the SDL.

const DEPLOYMENT = `
fragment Row on Deployment {
  id fraise environment kind status outcome requestedAt startedAt completedAt durationSeconds
  oldVersion newVersion gitCommit gitBranch triggeredBy actor errorCode errorMessage
}`;

export const OVERVIEW = `
query Overview {
  fraises {
    id name kind description
    environments {
      id name status currentVersion currentCommit lastDeployedAt branches target { provider }
    }
    deploymentHistory(limit: 40) { ...Row }
  }
}${DEPLOYMENT}`;

export const HISTORY = `
query History($fraise: String, $environment: String, $limit: Int) {
  fraises { name environments { name } }
  deployments(fraise: $fraise, environment: $environment, limit: $limit) { ...Row }
}${DEPLOYMENT}`;

export const DEPLOYMENT_PAGE = `
query Deployment($id: ID!) {
  deployment(id: $id) {
    ...Row supersededBy target { provider }
    steps { id attempt step state progress message startedAt completedAt }
  }
}${DEPLOYMENT}`;

export const ENVIRONMENT = `
query Environment($fraise: String!, $environment: String!) {
  fraise(name: $fraise) {
    name environments { name status currentVersion currentCommit branches target { provider } }
  }
  deployments(fraise: $fraise, environment: $environment, limit: 100) { ...Row }
}${DEPLOYMENT}`;

export const STATISTICS = `
query Statistics($fraise: String, $days: Int) {
  fraises { name }
  stats(fraise: $fraise, days: $days) {
    total successful failed rolledBack avgDurationSeconds successRate
  }
  deployments(fraise: $fraise, limit: 1000) {
    id fraise environment outcome startedAt durationSeconds newVersion
  }
}`;

export const WEBHOOKS = `
query Webhooks($limit: Int) {
  webhookEvents(limit: $limit) {
    id receivedAt provider eventType repository branch tag commitSha sender deliveryId
    processed ignoredReason deployments { id fraise environment status }
  }
}`;

export const DEPLOY = `
mutation Deploy($fraise: String!, $environment: String!, $dryRun: Boolean, $force: Boolean) {
  deploy(fraise: $fraise, environment: $environment, dryRun: $dryRun, force: $force) {
    success code message deployment { id }
  }
}`;

export const ROLLBACK = `
mutation Rollback($fraise: String!, $environment: String!, $toVersion: String) {
  rollback(fraise: $fraise, environment: $environment, toVersion: $toVersion) {
    success code message deployment { id }
  }
}`;

export const CHANGES = `
subscription Changes {
  deploymentStatusChanged { id }
}`;

export const PROGRESS = `
subscription Progress($id: ID!) {
  deploymentProgress(deploymentId: $id) { step progress message timestamp }
}`;

export const CANCEL = `
mutation Cancel($id: ID!) {
  cancelDeployment(deploymentId: $id) { success code message deployment { id } }
}`;

Feature: GraphQL queries
  Every query of the product document, as printed there.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/queries/fraises-with-environments @smoke
  Scenario: All fraises with their environments
    When GraphQL is asked:
      """
      query { fraises { name type environments { name currentVersion status target { provider } } } }
      """
    Then the data is:
      """
      {"fraises": [
        {"name": "mail", "type": "WORKER", "environments": [
          {"name": "production", "currentVersion": null, "status": "UNKNOWN", "target": {"provider": "local"}}]},
        {"name": "shop", "type": "API", "environments": [
          {"name": "production", "currentVersion": null, "status": "UNKNOWN", "target": {"provider": "local"}},
          {"name": "staging", "currentVersion": null, "status": "UNKNOWN", "target": {"provider": "local"}}]}]}
      """

  @graphql/queries/fraise-by-name
  Scenario: One fraise by name, with its deployments
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
      | B    | failed  | v2      |
    When GraphQL is asked:
      """
      { fraise(name: "shop") { id name description database { type } deploymentHistory(limit: 1) { id status } } }
      """
    Then the data is:
      """
      {"fraise": {"id": "<uuid>", "name": "shop", "description": "<text>", "database": null,
        "deploymentHistory": [{"id": "{B}", "status": "FAILED"}]}}
      """

  @graphql/queries/unknown-is-null @thorough
  Scenario Outline: What does not exist is null
    When GraphQL is asked:
      """
      { <field> { id } }
      """
    Then the data is:
      """
      {"<name>": null}
      """

    Examples:
      | name       | field                                                  |
      | fraise     | fraise(name: "nothing")                                |
      | deployment | deployment(id: "00000000-0000-4000-8000-000000000000") |
      | deployment | deployment(id: "no uuid")                              |
      | deployment | deployment(id: 7)                                      |

  @graphql/queries/deployment-has-every-field
  Scenario: One deployment with every field
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
      | B    | failed  | v2      |
    When GraphQL is asked with {"id": "{B}"}:
      """
      query($id: ID!) {
        deployment(id: $id) {
          id fraise environment startedAt completedAt oldVersion newVersion status triggeredBy
          target { provider } gitBranch errorMessage errorCode outcome kind steps { step }
        }
      }
      """
    Then the data is:
      """
      {"deployment": {"id": "{B}", "fraise": "shop", "environment": "production", "startedAt": "<time>",
        "completedAt": "<time>", "oldVersion": "v1", "newVersion": "v2", "status": "FAILED",
        "triggeredBy": "API", "target": {"provider": "local"}, "gitBranch": null, "errorMessage": "no",
        "errorCode": "build-failed", "outcome": "failed", "kind": "deploy", "steps": []}}
      """

  @graphql/queries/deployments-newest-first
  Scenario: Deployments come newest first and can be filtered
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
      | B    | pending | v2      |
    And mail/production had these deployments:
      | name | end         | version |
      | C    | in_progress | v3      |
    When GraphQL is asked:
      """
      { all: deployments { id status } shop: deployments(fraise: "shop", environment: "production") { id }
        none: deployments(fraise: "shop", environment: "staging") { id } one: deployments(limit: 1) { id } }
      """
    Then the data is:
      """
      {"all": [{"id": "{C}", "status": "IN_PROGRESS"}, {"id": "{B}", "status": "PENDING"}, {"id": "{A}", "status": "SUCCESS"}],
       "shop": [{"id": "{B}"}, {"id": "{A}"}], "none": [], "one": [{"id": "{C}"}]}
      """

  @graphql/queries/limit-has-a-default @thorough
  Scenario Outline: A list is limited to 20 unless the client says otherwise
    Given 25 deployments of shop/production were asked for
    When GraphQL is asked:
      """
      { deployments<arguments> { id } }
      """
    Then the list deployments has <number> entries

    Examples:
      | arguments     | number |
      |               | 20     |
      | (limit: null) | 20     |
      | (limit: 3)    | 3      |
      | (limit: 0)    | 0      |
      | (limit: 1000) | 25     |

  @graphql/queries/arguments-have-bounds @thorough
  Scenario Outline: A number out of bounds is refused
    When GraphQL is asked:
      """
      { <field> }
      """
    Then the field "<name>" has the error "invalid-argument"
    And the data with its errors is:
      """
      null
      """

    Examples:
      | name          | field                          |
      | deployments   | deployments(limit: -1) { id }  |
      | deployments   | deployments(limit: 1001) { id } |
      | webhookEvents | webhookEvents(limit: -1) { id } |
      | stats         | stats(days: 0) { total }       |

  @graphql/queries/history-by-id-or-name @thorough
  Scenario: The history of a fraise by its name and by its id
    Given mail/production had these deployments:
      | name | end     | version |
      | A    | pending | v1      |
    And shop/staging had these deployments:
      | name | end     | version |
      | B    | success | v1      |
    When GraphQL is asked:
      """
      { deploymentHistory(fraiseId: "shop", limit: 10) { id status startedAt }
        again: deploymentHistory(fraiseId: "{id of shop}") { id } }
      """
    Then the data is:
      """
      {"deploymentHistory": [{"id": "{B}", "status": "SUCCESS", "startedAt": "<time>"}], "again": [{"id": "{B}"}]}
      """

  @graphql/queries/status-of-an-environment
  Scenario: The status of an environment
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
    When GraphQL is asked:
      """
      { good: status(fraise: "shop", environment: "production") never: status(fraise: "shop", environment: "staging") }
      """
    Then the data is:
      """
      {"good": "HEALTHY", "never": "UNKNOWN"}
      """

  @graphql/queries/status-of-nothing-is-an-error @thorough
  Scenario Outline: The status of what does not exist is an error
    When GraphQL is asked:
      """
      { status(fraise: "<fraise>", environment: "<environment>") }
      """
    Then the field "status" has the error "unknown-environment"
    And the data with its errors is:
      """
      null
      """

    Examples:
      | fraise  | environment |
      | shop    | nowhere     |
      | nothing | production  |

  @graphql/queries/stats-are-counted
  Scenario: Statistics count what started
    Given shop/production had these deployments:
      | name | end         | version |
      | A    | success     | v1      |
      | B    | failed      | v2      |
      | C    | rolled_back | v3      |
      | D    | pending     | v4      |
    When GraphQL is asked:
      """
      { stats(fraise: "shop") { total successful failed rolledBack successRate }
        none: stats(fraise: "mail", days: 1) { total avgDurationSeconds successRate } }
      """
    Then the data is:
      """
      {"stats": {"total": 3, "successful": 1, "failed": 1, "rolledBack": 1, "successRate": 33.3},
       "none": {"total": 0, "avgDurationSeconds": null, "successRate": 0.0}}
      """

  @graphql/queries/webhook-events
  Scenario: Webhooks that came in
    When GraphQL is handed a push to "main" signed with the secret
    And GraphQL is handed a push to "elsewhere" signed with the secret
    And GraphQL is asked:
      """
      { webhookEvents { provider eventType branch processed deployments { fraise environment status } } }
      """
    Then the data is:
      """
      {"webhookEvents": [
        {"provider": "GITHUB", "eventType": "push", "branch": "elsewhere", "processed": true, "deployments": []},
        {"provider": "GITHUB", "eventType": "push", "branch": "main", "processed": true, "deployments": [{"fraise": "shop", "environment": "production", "status": "PENDING"}]}]}
      """

  @graphql/queries/answers-are-current @thorough
  Scenario: The same question after a change has the new answer
    When GraphQL is asked:
      """
      { deployments { status } status(fraise: "shop", environment: "production") }
      """
    Then the data is:
      """
      {"deployments": [], "status": "UNKNOWN"}
      """
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
    When GraphQL is asked:
      """
      { deployments { status } status(fraise: "shop", environment: "production") }
      """
    Then the data is:
      """
      {"deployments": [{"status": "SUCCESS"}], "status": "HEALTHY"}
      """

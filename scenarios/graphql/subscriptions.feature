Feature: GraphQL subscriptions
  Every subscription, over both transports, fed from the event log.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/subscriptions/deployment-status-changed
  Scenario Outline: Each change of the status of a fraise's deployments, and of no others, over a <transport>
    Given "ann" subscribes over a <transport>:
      """
      subscription { deploymentStatusChanged(fraiseId: "shop") { id fraise environment status completedAt } }
      """
    When mail/production gets these deployments:
      | name | end     | version |
      | M    | success | v1      |
    And shop/staging gets these deployments:
      | name | end     | version |
      | A    | success | v1      |
      | B    | failed  | v2      |
    Then "ann" is told:
      """
      [{"deploymentStatusChanged": {"id": "{A}", "fraise": "shop", "environment": "staging", "status": "PENDING", "completedAt": null}},
       {"deploymentStatusChanged": {"id": "{A}", "fraise": "shop", "environment": "staging", "status": "IN_PROGRESS", "completedAt": null}},
       {"deploymentStatusChanged": {"id": "{A}", "fraise": "shop", "environment": "staging", "status": "SUCCESS", "completedAt": "<time>"}},
       {"deploymentStatusChanged": {"id": "{B}", "fraise": "shop", "environment": "staging", "status": "PENDING", "completedAt": null}},
       {"deploymentStatusChanged": {"id": "{B}", "fraise": "shop", "environment": "staging", "status": "IN_PROGRESS", "completedAt": null}},
       {"deploymentStatusChanged": {"id": "{B}", "fraise": "shop", "environment": "staging", "status": "FAILED", "completedAt": "<time>"}}]
      """

    Examples:
      | transport    |
      | WebSocket    |
      | event stream |

  @graphql/subscriptions/deployment-started @graphql/subscriptions/deployment-completed @core
  Scenario: Deployments as they start, and as they end
    Given "ann" subscribes over a WebSocket:
      """
      subscription { deploymentStarted { id status target { provider } steps { step } } }
      """
    And "ben" subscribes over an event stream:
      """
      subscription { ended: deploymentCompleted { id outcome __typename } }
      """
    When shop/production gets these deployments:
      | name | end        | version |
      | A    | pending    | v1      |
      | B    | success    | v2      |
      | C    | failed     | v3      |
    Then "ann" is told:
      """
      [{"deploymentStarted": {"id": "{B}", "status": "IN_PROGRESS", "target": {"provider": "local"}, "steps": []}},
       {"deploymentStarted": {"id": "{C}", "status": "IN_PROGRESS", "target": {"provider": "local"}, "steps": []}}]
      """
    And "ben" is told:
      """
      [{"ended": {"id": "{A}", "outcome": "superseded", "__typename": "Deployment"}},
       {"ended": {"id": "{B}", "outcome": "success", "__typename": "Deployment"}},
       {"ended": {"id": "{C}", "outcome": "failed", "__typename": "Deployment"}}]
      """

  @graphql/subscriptions/deployment-progress @thorough
  Scenario: The steps of one deployment
    Given shop/production had these deployments:
      | name | end         | version |
      | A    | in_progress | v1      |
    And mail/production had these deployments:
      | name | end         | version |
      | M    | in_progress | v1      |
    And "ann" subscribes over a WebSocket:
      """
      subscription { deploymentProgress(deploymentId: "{A}") { deploymentId step progress message timestamp } }
      """
    When the step "fetch" of M is started at 0: not ann's
    And the step "fetch" of A is started at 10: begins
    And the step "fetch" of A is succeeded at 100: done
    Then "ann" is told:
      """
      [{"deploymentProgress": {"deploymentId": "{A}", "step": "fetch", "progress": 10, "message": "begins", "timestamp": "<time>"}},
       {"deploymentProgress": {"deploymentId": "{A}", "step": "fetch", "progress": 100, "message": "done", "timestamp": "<time>"}}]
      """

  @graphql/subscriptions/initial-state @thorough
  Scenario Outline: The initial state comes first, where it is asked for, over a <transport>
    Given mail/production had these deployments:
      | name | end     | version |
      | M    | success | v1      |
    And shop/production had these deployments:
      | name | end         | version |
      | A    | in_progress | v1      |
    When "ann" subscribes over a <transport> with {"initial": true}:
      """
      subscription { deploymentStatusChanged(fraiseId: "mail") { id status } }
      """
    Then "ann" is told:
      """
      [{"deploymentStatusChanged": {"id": "{M}", "status": "SUCCESS"}}]
      """
    When mail/production gets these deployments:
      | name | end     | version |
      | N    | pending | v2      |
    Then "ann" is told:
      """
      [{"deploymentStatusChanged": {"id": "{N}", "status": "PENDING"}}]
      """

    Examples:
      | transport    |
      | WebSocket    |
      | event stream |

  @graphql/subscriptions/resume @core
  Scenario Outline: Who was cut off goes on where it was, over a <transport>
    Given "ann" subscribes over a <transport>:
      """
      subscription { deploymentCompleted { id } }
      """
    When shop/production gets these deployments:
      | name | end     | version |
      | A    | success | v1      |
    Then "ann" is told:
      """
      [{"deploymentCompleted": {"id": "{A}"}}]
      """
    When "ann" is cut off
    And shop/production gets these deployments:
      | name | end     | version |
      | B    | success | v2      |
      | C    | failed  | v3      |
    And the server is killed and started again
    And "ann" comes back
    And shop/production gets these deployments:
      | name | end     | version |
      | D    | success | v4      |
    Then "ann" is told:
      """
      [{"deploymentCompleted": {"id": "{B}"}}, {"deploymentCompleted": {"id": "{C}"}}, {"deploymentCompleted": {"id": "{D}"}}]
      """

    Examples:
      | transport    |
      | WebSocket    |
      | event stream |

  @graphql/subscriptions/resume @thorough
  Scenario: Two hundred clients come back to a server that was killed
    Given 200 clients subscribe to what ends
    When 3 deployments of shop/production are made
    And each client has heard of some of them
    And the server is killed and started again
    And 3 deployments of shop/production are made
    And all clients come back
    And 3 deployments of shop/production are made
    Then every client has heard of all 9 deployments once, in their order

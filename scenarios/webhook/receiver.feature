Feature: The webhook receiver runs by itself
  `webhook --port` is the product document's receiver: it takes webhooks and nothing else.

  Background:
    Given pushes of "main" deploy "shop" to "production"
    And only the webhook receiver runs

  @webhook/receiver/takes-webhooks
  Scenario: A push to the port that was asked for
    When a push of "main" is delivered
    Then it is accepted for "shop/production"

  @webhook/receiver/checks-signatures
  Scenario: A push that is signed with another secret
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/receiver/serves-nothing-else
  Scenario Outline: <path> is not there
    When GET <path> is asked for
    Then the response has status 404

    Examples:
      | path     |
      | /graphql |
      | /metrics |

  @webhook/receiver/has-health
  Scenario: Health can be asked
    When GET /health is asked for
    Then the response has status 200

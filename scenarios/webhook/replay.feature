Feature: A webhook can be routed again
  A push that led to nothing, because a rule was missing, is not lost.

  Background:
    Given this routing:
      """
      fraises:
        shop: {environments: {production: {}, staging: {branch: staging}}}
      """
    And a server is running
    And a push of "main" was delivered

  @webhook/replay/follows-the-rules-of-now @webhook/replay/is-a-webhook-of-its-own @thorough
  Scenario: The mapping was mended
    When the webhook is replayed
    Then the replay deploys nothing because of "branch-not-mapped"
    When the routing becomes:
      """
      fraises:
        shop: {environments: {production: {branch: "ma*"}, staging: {branch: main}}}
      """
    And the webhook is replayed
    Then the replay deploys "shop/production, shop/staging" at the commit of the push
    When the webhook is replayed again
    Then the replay deploys "shop/production, shop/staging" at the commit of the push
    And the webhooks are listed with their replays

  @webhook/replay/unknown-is-refused @thorough
  Scenario Outline: There is no such webhook
    When the user runs `webhooks replay <id>`
    Then it is refused as "unknown-webhook"

    Examples:
      | id                                   |
      | 00000000-0000-4000-8000-000000000000 |
      | ffffffff                             |
      | nothing                              |

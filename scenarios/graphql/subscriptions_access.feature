@once
Feature: Subscriptions are for who has a token
  As everything of /graphql is; a browser can send none with its handshake, so the first message may.

  Background:
    Given a registry of one fraise
    And the server asks for a token
    And a server is running

  @graphql/subscriptions/token
  Scenario Outline: A WebSocket <how> is <answer>
    Then a WebSocket <how> is <answer>

    Examples:
      | how                                        | answer           |
      | without a token                            | closed with 4403 |
      | with the token in its first message        | acknowledged     |
      | with a wrong token in its first message    | closed with 4403 |

    @thorough
    Examples:
      | how                                        | answer           |
      | with the token in its handshake            | acknowledged     |
      | with a wrong token in its handshake        | closed with 4403 |

  @graphql/subscriptions/token
  Scenario: An event stream needs a token
    Then an event stream without a token is refused with 401 and "unauthorized"

  @graphql/subscriptions/ends-with-the-token
  Scenario: Who listens with a token that is revoked is soon told no more
    Given a token "reader" for "read"
    And "ann" listens over a WebSocket with the token "reader"
    And "ben" listens over an event stream with the token "reader"
    When the token "reader" is revoked
    Then the WebSocket of "ann" is closed with 4403
    And the event stream of "ben" ends with "unauthorized"

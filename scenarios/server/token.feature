@any-database
Feature: A server with a token answers those who have it
  server.token guards GraphQL and metrics; health and webhooks have their own rules.

  Background:
    Given a registry of one fraise
    And the server asks for a token
    And a server is running

  @server/token/is-asked-for
  Scenario Outline: A <what> <how> is refused
    When a <what> is asked for <how>
    Then the request is refused with 401 and "unauthorized"
    And nothing changed

    Examples:
      | what       | how                |
      | query      | without a token    |
      | query      | with a wrong token |
      | deployment | without a token    |
      | deployment | with a wrong token |
      | reading    | without a token    |

  @server/token/opens
  Scenario Outline: A <what> with the token is answered
    When a <what> is asked for with the token
    Then the response has status 200

    Examples:
      | what    |
      | query   |
      | reading |

  @server/token/health-is-open
  Scenario: Health needs no token
    When GET /health is asked for
    Then the response has status 200

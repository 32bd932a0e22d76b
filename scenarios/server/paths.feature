@once
Feature: What a server answers, and nothing else

  Background:
    Given a registry of one fraise
    And a server is running

  @server/health/says-that-it-is-well @smoke @stateless
  Scenario: Health of a server whose database answers
    When GET /health is asked for
    Then the response has status 200
    And the response has "ok" at status
    And the response has "ok" at database
    And nothing changed

  @server/metrics/count-what-happens
  Scenario: Metrics of a server that has done nothing yet
    When GET /metrics is asked for
    Then the response has status 200
    And the metrics have the line `fraisier_queue_depth 0`
    And the metrics have the line `fraisier_deployments{status="pending"} 0`
    And the response does not mention "shop"

  @server/metrics/count-what-happens
  Scenario: A waiting deployment is counted
    Given a push of "main" was delivered
    When GET /metrics is asked for
    Then the metrics have the line `fraisier_queue_depth 1`
    And the metrics have the line `fraisier_webhooks_total{provider="github"} 1`

  @server/paths/unknown-path-is-404 @stateless
  Scenario Outline: There is nothing at <path>
    When GET "<path>" is sent
    Then the request is refused with 404 and "not-found"

    Examples:
      | path        |
      | /index.html |
      | /status     |
      | /fraises    |
      | /admin      |

  @server/paths/wrong-method-is-405 @stateless
  Scenario Outline: <method> <path> is not taken
    When <method> "<path>" is sent
    Then the request is refused with 405 and "method-not-allowed"
    And the header "allow" is "<allow>"

    Examples:
      | method | path     | allow     |
      | GET    | /webhook | POST      |
      | PUT    | /webhook | POST      |
      | POST   | /health  | GET, HEAD |
      | DELETE | /metrics | GET, HEAD |

  @server/headers/answers-are-only-data @stateless
  Scenario Outline: The answer at <path> may not be sniffed or kept
    When GET "<path>" is sent
    Then the header "x-content-type-options" is "nosniff"
    And the header "cache-control" is "no-store"

    Examples:
      | path     |
      | /health  |
      | /nothing |

  @server/paths/no-http-is-a-client-error @stateless
  Scenario Outline: The method <method> was never heard of
    When <method> "/health" is sent
    Then it is refused as a client's error with a code

    Examples:
      | method |
      | BREW   |
      | health |

  @server/headers/are-bounded @stateless
  Scenario: A header of 200 KiB
    When a header of 200 KiB is sent to /health
    Then it is refused as a client's error or without an answer

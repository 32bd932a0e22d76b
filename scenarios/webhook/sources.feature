@any-database
Feature: Who has nothing to show is slowed down, and some addresses are let in
  Failures are counted after the signature was checked, for each source; who signs well
  is always taken.

  Background:
    Given pushes of "main" deploy "shop" to "production"

  @webhook/failures/are-limited-for-each-source
  Scenario: The fourth wrong signature of a minute is one too many
    Given 3 wrong signatures a minute are borne
    And a server is running
    When 3 pushes signed with another secret are delivered
    Then the request is refused with 401 and "bad-signature"
    When a push signed with another secret is delivered
    Then the request is refused with 429 and "too-many-failures"
    And it says in how many seconds to come again
    And nothing changed

  @webhook/failures/are-limited-for-each-source @thorough
  Scenario: A missing signature is a wrong one
    Given 3 wrong signatures a minute are borne
    And a server is running
    When 3 pushes signed with another secret are delivered
    And a push without a signature is delivered
    Then the request is refused with 429 and "too-many-failures"

  @webhook/failures/are-limited-for-each-source @thorough
  Scenario: The receiver alone has the same patience
    Given 3 wrong signatures a minute are borne
    And only the webhook receiver runs
    When 4 pushes signed with another secret are delivered
    Then the request is refused with 429 and "too-many-failures"
    When a push of "main" is delivered
    Then it is accepted for "shop/production"

  @webhook/failures/good-signature-is-always-taken
  Scenario: A right one from the same source, after many wrong ones
    Given 3 wrong signatures a minute are borne
    And a server is running
    When 8 pushes signed with another secret are delivered
    And a push of "main" is delivered
    Then it is accepted for "shop/production"

  @webhook/failures/count-by-the-client-of-a-trusted-proxy
  Scenario: One client of a proxy does not use up the patience for another
    Given 3 wrong signatures a minute are borne behind the proxy 127.0.0.1
    And a server is running
    When 4 pushes signed with another secret are forwarded for "192.0.2.7"
    Then the request is refused with 429 and "too-many-failures"
    When 1 pushes signed with another secret are forwarded for "192.0.2.8"
    Then the request is refused with 401 and "bad-signature"

  @webhook/failures/made-up-addresses-do-not-help
  Scenario: What stands left of the proxy's own entry may be anything
    Given 3 wrong signatures a minute are borne behind the proxy 127.0.0.1
    And a server is running
    When 4 pushes signed with another secret are forwarded for "203.0.113.N, 192.0.2.7"
    Then the request is refused with 429 and "too-many-failures"

  @webhook/failures/made-up-addresses-do-not-help @thorough
  Scenario: Without a trusted proxy the header means nothing
    Given 3 wrong signatures a minute are borne
    And a server is running
    When 4 pushes signed with another secret are forwarded for "203.0.113.N"
    Then the request is refused with 429 and "too-many-failures"

  @webhook/failures/are-counted-in-metrics
  Scenario: Metrics tell of failures
    Given 3 wrong signatures a minute are borne
    And a server is running
    When 5 pushes signed with another secret are delivered
    And GET /metrics is asked for
    Then the metrics have the line `fraisier_failed_authentications_total{answer="401"} 3`
    And the metrics have the line `fraisier_failed_authentications_total{answer="429"} 2`

  @webhook/failures/mutations-count-too @thorough
  Scenario: processWebhook is no way round the limit
    Given 3 wrong signatures a minute are borne
    And a server is running
    And "github" delivers
    When 2 pushes signed with another secret are delivered
    And processWebhook brings the "push" of "main", unsigned
    Then the response has "missing-signature" at data.processWebhook.code
    When processWebhook brings the "push" of "main", signed with another secret
    Then the response has "too-many-failures" at data.processWebhook.code
    When processWebhook brings the "push" of "main", rightly signed
    Then the response has "ignored" at data.processWebhook.code
    When GET /metrics is asked for
    Then the metrics have the line `fraisier_failed_authentications_total{answer="401"} 3`
    And the metrics have the line `fraisier_failed_authentications_total{answer="429"} 1`

  @webhook/addresses/others-are-refused @thorough
  Scenario: The forge does not send from here
    Given webhooks of github come from 192.0.2.0/24
    And a server is running
    When a push of "main" is delivered
    Then the request is refused with 403 and "source-refused"
    And nothing changed

  @webhook/addresses/others-are-refused-before-the-body
  Scenario: Who may not deliver need not send
    Given webhooks of github come from 192.0.2.0/24
    And a server is running
    When only the headers of a push of 4 MiB are sent
    Then the request is refused with 403 and "source-refused"

  @webhook/addresses/their-own-are-taken
  Scenario: The forge sends from here
    Given webhooks of github come from 127.0.0.0/8
    And a server is running
    When a push of "main" is delivered
    Then it is accepted for "shop/production"

  @webhook/addresses/their-own-are-taken @thorough
  Scenario: The right address is no signature
    Given webhooks of github come from 127.0.0.0/8
    And a server is running
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"

  @webhook/addresses/are-those-behind-trusted-proxies
  Scenario Outline: A push that a proxy passes on for "<clients>"
    Given webhooks of github come from 192.0.2.0/24
    And the proxy 127.0.0.1 is trusted
    And a server is running
    When a push is forwarded for "<clients>"
    Then the response has status <status>

    Examples:
      | clients                 | status |
      | 192.0.2.9, 198.51.100.1 | 403    |
      | 198.51.100.1, 192.0.2.9 | 202    |
      | nonsense                | 403    |

  @webhook/bitbucket/addresses-are-checked
  Scenario Outline: Bitbucket Cloud needs no secret where it is known by its address: <network>
    Given unsigned webhooks of bitbucket come from <network>
    And a server is running
    And "bitbucket-cloud" delivers
    When a push without a signature is delivered
    Then the response has status <status>
    And the response has <expected> at <path>

    Examples:
      | network      | status | path       | expected           |
      | 192.0.2.0/24 | 403    | error.code | "source-refused"   |
      | 127.0.0.0/8  | 200    | reason     | "other-repository" |

@once
Feature: Strangers cannot press a server down

  Background:
    Given pushes of "main" deploy "shop" to "production"

  @server/load/connections-are-bounded
  Scenario: More connections than there is room for
    Given a server that may open 128 files is running
    When 120 connections are opened and say nothing
    Then some of them are refused with 503 and "overloaded"
    When they hang up
    Then health says within 30 seconds that all is well

  @server/load/bodies-share-a-budget @thorough
  Scenario: Many large bodies that never end
    Given a server is running
    When 40 bodies of 4 MiB are begun and not ended
    Then some of them are refused with 503 and "overloaded"
    And the server's memory has grown by less than 160 MiB
    When a push of "main" is delivered
    Then it is accepted for "shop/production"

  @server/load/large-signatures-hold-nobody-up @thorough
  Scenario: Large bodies with wrong signatures
    Given a server is running
    When large bodies with wrong signatures arrive without a pause
    Then the server answers /health at once, again and again
    And the flood is refused

  @server/load/refused-senders-read-why
  Scenario Outline: A client that sends <size> MiB <how> before it reads
    Given a server is running
    When a body of <size> MiB <how> is sent to its end
    Then the request is refused with <status> and "<code>"

    Examples:
      | size | how               | status | code           |
      | 30   | with its length   | 413    | body-too-large |
      | 200  | with its length   | 413    | body-too-large |
      | 30   | in chunks         | 413    | body-too-large |
      | 2    | behind an Upgrade | 400    | bad-request    |

@once
Feature: Tokens cannot be guessed at will

  Background:
    Given a registry of one fraise
    And 3 wrong tokens a minute are borne
    And a server is running

  @server/token/guesses-are-limited
  Scenario: The fourth wrong token of a minute is one too many
    When 4 queries are asked for with wrong tokens
    Then the request is refused with 429 and "too-many-failures"
    And it says in how many seconds to come again

  @server/token/guesses-are-limited
  Scenario: Who knows the token is let in after any number of wrong ones
    When 6 queries are asked for with wrong tokens
    And a query is asked for with the token
    Then the response has status 200

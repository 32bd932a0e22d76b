@thorough
Feature: A secret stays where it is needed

  @deploy/secrets/none-is-told-stored-or-left-behind
  Scenario: A canary as every kind of secret, and everything that could sing
    Given a registry with a canary as every kind of secret
    And version "1.0" prints all its variables while it is built
    When "shop" is deployed, told as text and as JSON, and looked at
    And version "2.0" prints them and fails to build
    And "shop" is deployed, told as text and as JSON, and looked at
    And version "3.0" prints them and crashes
    And "shop" is deployed, told as text and as JSON, and looked at
    And "vault" is deployed, told as text and as JSON, and looked at
    And a server and an observer work with it, and are asked everything
    And every other command is run
    And the configuration is broken at each of its secrets
    Then what was to go wrong has gone wrong
    And no canary is in a notification, except where it is sent to
    And no canary is in anything that was said
    And no canary is in any row, column or page of the database
    And no canary is in a list of arguments, or in a file that others can read

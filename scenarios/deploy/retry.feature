@thorough
Feature: What the network did wrong is tried again, and nothing else

  @deploy/retry/network-failure-is-tried-again
  Scenario: The forge is overloaded for a moment
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the repository is at a forge
    And the forge answers 503 the next 2 times
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    And the forge was asked 3 times
    And the output of the command says "attempt 2"

  @deploy/retry/network-failure-is-tried-again
  Scenario: The forge stays overloaded
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the repository is at a forge
    And the forge answers 503 the next 9 times
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "fetch-failed"
    And the forge was asked 3 times

  @deploy/retry/refusal-is-not-tried-again
  Scenario: The forge refuses
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the repository is at a forge
    And the forge answers 403 the next 9 times
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "fetch-failed"
    And the forge was asked 1 times

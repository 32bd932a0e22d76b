@thorough
Feature: What keeps a service running may stand still

  @deploy/faults/stopped-supervisor-is-made-good
  Scenario: For longer than a switch may take
    Given a service "shop" whose steps can be held
    And a switch of "shop" may take 2 seconds
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When what keeps "shop/staging" running stands still
    And "shop/staging" is deployed
    Then the last deployment ended as "failed" because of "rollback-failed"
    And "shop/staging" serves version "1.0"
    And nothing is stuck
    When what keeps "shop/staging" running goes on
    And another observer starts
    Then the next deployment of "shop/staging" succeeds
    And version "2.0" was started 0 times
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

  @deploy/faults/stopped-supervisor-is-made-good
  Scenario: For a moment in the switch
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When what keeps "shop/staging" running stands still
    And a deployment of "shop/staging" is requested
    And another observer starts
    And the step "switch" has begun
    And what keeps "shop/staging" running goes on
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

@thorough @any-database
Feature: No step takes longer than it may

  @deploy/timeouts/step-that-hangs-is-ended
  Scenario: The build does not end
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the next builds wait
    And a "build" of "shop" may take 1 seconds
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "step-timeout"
    And its message says "took longer than"
    And "shop/production" serves version "1.0"

  @deploy/timeouts/step-that-hangs-is-ended
  Scenario: A hook does not end
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a hook "before" of "shop" that "takes for ever"
    And a "hook" of "shop" may take 1 seconds
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "step-timeout"
    And "shop/production" serves version "1.0"

  @deploy/timeouts/after-the-switch-the-old-release-comes-back
  Scenario: A smoke test does not end
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a smoke test of "shop" that "takes for ever"
    And a "smoke" of "shop" may take 1 seconds
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "step-timeout"
    And "shop/production" serves version "1.0"

  @deploy/timeouts/after-the-switch-the-old-release-comes-back
  Scenario: A provider does not come back from the switch
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    And the program does "hangs" when it is asked for "deploy"
    And a "switch" of "shop" may take 2 seconds
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "step-timeout"
    And its message says "took longer than 2 s"
    And the program keeps version "1.0"

@thorough
Feature: An observer that is asked to end drains

  @deploy/drain/nothing-new-is-taken
  Scenario: Asked to end while one deployment runs and another waits
    Given a service "shop" for "production, staging"
    And the next builds wait
    And version "1.0" is committed
    And version "1.1" is committed on branch "staging"
    And an observer with a lease of 30 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And a deployment of "shop/staging" is requested
    And the observer is asked to end
    And the build may go on
    Then the observer has ended well
    And deployment 2 still waits
    When an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And deployment 2 ends as "success"
    And version "1.0" was built 1 times
    And version "1.1" was built 1 times

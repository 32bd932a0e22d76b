@thorough
Feature: The target itself stops a worker that is late

  @deploy/take-over/late-writes-on-the-target
  Scenario: The worker stands still between its last look at the lease and the switch
    Given a service "shop" for "production"
    And "shop/production" lives in a folder of its own
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    And an observer with a lease of 1 seconds
    When somebody holds the target of "shop/production"
    And a deployment of "shop/production" is requested
    And the observer has begun the step "switch"
    And the observer is frozen outside of a write
    And nobody holds the target any more
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    When version "3.0" is committed
    And a deployment of "shop/production" is requested
    Then deployment 2 ends as "success"
    When the frozen observer goes on
    Then the observer that was frozen stops in time when asked to
    And it has changed nothing that is recorded
    And "shop/production" serves version "3.0"
    And the current release of the folder is that of "3.0"

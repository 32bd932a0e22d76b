Feature: Another worker finishes what a dead one began

  @deploy/take-over/killed-observer-is-replaced @core
  Scenario: The observer is killed while it builds
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the next builds wait
    And version "2.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And the observer is killed
    And the build may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And version "2.0" was built 1 times

  @deploy/take-over/unhealthy-release-is-still-taken-back @thorough
  Scenario: The observer is killed while it waits for health
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the observer has begun the step "health"
    And the observer is killed
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "rolled_back"
    And "shop/production" serves version "1.0"

  @deploy/take-over/killed-server-leaves-nothing-stuck @core @thorough
  Scenario: The server is killed in the middle and started again
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And a server with its observer
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And the server is killed
    And the build may go on
    And the lease runs out
    And a server with its observer starts
    Then deployment 1 ends as "success"
    And version "1.0" was built 1 times
    And "shop/production" serves version "1.0"

  @deploy/take-over/frozen-worker-changes-nothing @thorough
  Scenario: The observer was frozen, not dead, and wakes late
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And the observer is frozen
    And the build may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    When the frozen observer goes on
    Then the observer that was frozen stops in time when asked to
    And it has changed nothing that is recorded
    And "shop/production" serves version "1.0"

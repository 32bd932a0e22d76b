Feature: A deployment can be cancelled before cutover

  @deploy/cancel/running-build-is-stopped
  Scenario: While it builds
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the next builds wait
    And version "2.0" is committed
    And an observer with a lease of 2 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And the deployment is cancelled
    Then the deployment command exits with 0
    And deployment 1 ends as "cancelled"
    And version "2.0" was built 0 times
    And "shop/production" serves version "1.0"

  @deploy/cancel/waiting-one-ends-at-once @thorough
  Scenario: While it waits
    Given a service "shop" for "production"
    And version "1.0" is committed
    When a deployment of "shop/production" is requested
    And the deployment is cancelled
    Then deployment 1 ends as "cancelled"

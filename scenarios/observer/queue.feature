Feature: Deployments of one environment queue, the newest wins

  @observer/queue/request-while-one-runs-is-carried-out-after-it
  Scenario: A push while a deployment runs is not lost
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And version "2.0" is committed
    And a deployment of "shop/production" is requested
    And the build may go on
    Then deployment 1 ends as "success"
    And deployment 2 ends as "success"
    And "shop/production" serves version "2.0"

  @observer/queue/older-waiting-one-is-superseded @thorough
  Scenario: Of several that wait only the newest is carried out
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And a deployment of "shop/production" is requested
    And version "3.0" is committed
    And a deployment of "shop/production" is requested
    And the build may go on
    Then deployment 2 ends as "superseded"
    And deployment 3 ends as "success"
    And "shop/production" serves version "3.0"

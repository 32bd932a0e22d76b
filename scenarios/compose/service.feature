@lab-docker @once
Feature: A Compose project can be looked at, stopped and started

  @deploy/compose/service-can-be-handled
  Scenario: Its output
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "logs"
    Then the answer has "logs" with "service 1.0 starts" in it

  @deploy/compose/service-can-be-handled
  Scenario: Stopped and started again
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "health"
    Then the answer has "status" with "healthy" in it
    When the service of "shop/production" is asked for "stop"
    Then "shop/production" does not answer
    And every container of "shop/production" has stopped
    And the status of "shop/production" is "down"
    When the service of "shop/production" is asked for "start"
    Then "shop/production" serves version "1.0"
    And every container of "shop/production" runs

  @deploy/compose/service-can-be-handled
  Scenario: A service that is over by design
    Given a Compose project "shop" for "production"
    And the project has a service "migrate" that ends before the others start
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    When the service of "shop/production" is asked for "health"
    Then the answer has "status" with "healthy" in it
    When the service of "shop/production" is asked for "stop"
    Then "shop/production" does not answer
    When the service of "shop/production" is asked for "start"
    Then "shop/production" serves version "1.0"

  @deploy/compose/service-can-be-handled
  Scenario Outline: Never deployed, asked for <command>
    Given a Compose project "shop" for "production"
    And version "1.0" is committed
    When the service of "shop/production" is asked for "<command>"
    Then the deployment command exits with 4
    And it is told "not-deployed"

    Examples:
      | command |
      | health  |
      | stop    |
      | start   |
      | logs    |

@lab-docker @once
Feature: A Compose project on an engine that is reached over the network

  @deploy/compose/remote-engine
  Scenario: Deployed, broken, brought back, rolled back, looked at
    Given a Compose project "shop" for "production"
    And the engine of "shop/production" is reached over the network
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And "shop/production" serves version "2.0"
    When "shop/production" is rolled back
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    When the service of "shop/production" is asked for "logs"
    Then the answer has "logs" with "service 1.0 starts" in it

@thorough
Feature: What ran on this machine runs again after it was restarted

  @deploy/service/comes-back-with-an-observer
  Scenario: Nothing is left of a service when an observer starts
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When nothing is left of "shop/production", as after a restart of the machine
    And an observer has worked until nothing waits
    Then "shop/production" serves version "1.0"
    And "shop/production" is supervised
    And it is recorded that "shop/production" was "DOWN" and is "UNKNOWN"
    And no deployment was made for it

  @deploy/service/comes-back-with-an-observer
  Scenario: A service that was stopped stays so
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    And an observer has worked until nothing waits
    Then "shop/production" does not answer

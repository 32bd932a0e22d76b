@thorough
Feature: A running observer keeps up with its configuration

  @observer/configuration/change-is-in-force-for-the-next-deployment
  Scenario: A variable is added while the observer runs
    Given a service "shop" for "production"
    And an observer with a lease of 5 seconds
    And version "1.0" is committed
    When a deployment of "shop/production" is requested
    Then deployment 1 ends as "success"
    When the configuration gives "shop/production" the variable "GREETING"
    And version "2.0" with the usual program is committed
    And a deployment of "shop/production" is requested
    Then deployment 2 ends as "success"
    And the service of "shop/production" sees the variable "GREETING"

  @observer/configuration/invalid-one-leaves-the-old-in-force
  Scenario: The configuration becomes invalid while the observer runs
    Given a service "shop" for "production"
    And builds are counted
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And version "2.0" is committed
    And a deployment of "shop/production" is requested
    And the configuration becomes invalid
    And the build may go on
    And the observer says that the configuration is invalid
    And the configuration is valid again
    Then deployment 2 ends as "success"
    And the observer has said so once

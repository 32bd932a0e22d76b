Feature: Several observers share one database

  @observer/many/share-one-database @thorough
  Scenario: Two observers and two environments
    Given a service "shop" for "production, staging"
    And builds are counted
    And version "1.0" is committed
    And version "1.0-beta" is committed on branch "staging"
    And an observer with a lease of 5 seconds
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    And a deployment of "shop/staging" is requested
    Then deployment 1 ends as "success"
    And deployment 2 ends as "success"
    And version "1.0" was built 1 times
    And version "1.0-beta" was built 1 times
    And "shop/production" serves version "1.0"
    And "shop/staging" serves version "1.0-beta"

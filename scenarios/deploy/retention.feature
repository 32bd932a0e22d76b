@thorough
Feature: A few releases are kept to go back to

  @deploy/retention/newest-are-kept
  Scenario: More were deployed than are kept
    Given a service "shop" for "production"
    And builds are counted
    And the newest 2 releases of "shop" are kept
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "2.0"
    Then "shop/production" serves version "2.0"
    And version "2.0" was built 1 times
    When "shop/production" is rolled back to "1.0"
    Then "shop/production" serves version "1.0"
    And version "1.0" was built 2 times

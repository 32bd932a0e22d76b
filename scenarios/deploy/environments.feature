@thorough
Feature: Environments are deployed apart from each other

  @deploy/environments/one-leaves-the-others-alone
  Scenario: Each environment has its own branch and release
    Given a service "shop" for "production, staging"
    And version "1.0" is deployed to "shop/production"
    And version "2.0-beta" is committed on branch "staging"
    When "shop/staging" is deployed
    Then "shop/staging" serves version "2.0-beta"
    And "shop/production" serves version "1.0"

  @deploy/environments/same-commit-goes-to-each
  Scenario: A commit that serves in one environment is still deployed to the other
    Given a service "shop" for "production, staging"
    And version "1.0" is deployed to "shop/production"
    When "shop/staging" is deployed with "--commit <1.0>"
    Then the deployment command exits with 0
    And "shop/staging" serves version "1.0"

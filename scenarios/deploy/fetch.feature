@thorough
Feature: A commit that cannot be fetched leaves everything as it was

  @deploy/fetch/failure-leaves-the-old-release
  Scenario: The repository has gone
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the repository has gone
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "failed" because of "fetch-failed"
    And "shop/production" serves version "1.0"

  @deploy/fetch/secret-of-the-address-is-masked
  Scenario: The address has a token in it and does not answer
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the repository is at an address with a secret, where nobody answers
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "fetch-failed"
    And no secret is anywhere in the output, the history or the database
    And "shop/production" serves version "1.0"

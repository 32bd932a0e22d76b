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

Feature: A rollback brings an older release back

  @deploy/rollback/release-before-serves-again
  Scenario: Without a version: the release before
    Given a service "shop" for "production"
    And builds are counted
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"
    And version "1.0" was built 1 times

  @deploy/rollback/named-release-serves-again @thorough
  Scenario: With a version: that release
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "1.0"
    Then "shop/production" serves version "1.0"

  @deploy/rollback/unknown-version-is-refused @thorough
  Scenario: No release has the version
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "9.9"
    Then the deployment command exits with 3
    And it is told "unknown-version"

  @deploy/rollback/nothing-earlier-is-refused @thorough
  Scenario: There is only one release
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then the deployment command exits with 4
    And it is told "no-earlier-release"
    And "shop/production" serves version "1.0"

  @deploy/rollback/twice-goes-back-and-forth @thorough
  Scenario: Twice in a row
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then "shop/production" serves version "2.0"
    When "shop/production" is rolled back
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"

  @deploy/rollback/works-when-the-service-is-down @thorough
  Scenario: The current release is stopped
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    And "shop/production" is rolled back
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"

  @deploy/rollback/is-not-undone-by-the-next-push @thorough
  Scenario: The bad commit is pushed again, then a newer one
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    And a server with its observer starts
    And the push of version "2.0" reaches the server
    Then the push is ignored because of "held"
    When version "3.0" is committed
    And the push of version "3.0" reaches the server
    Then "shop/production" serves version "3.0"

  @deploy/rollback/release-that-has-broken-is-taken-back @thorough
  Scenario: The older release does not work any more
    Given a service "shop" for "production"
    And its versions can break later
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "1.0" breaks
    When "shop/production" is rolled back
    Then the deployment command exits with 1
    And the last deployment ended as "rolled_back" because of "health-check-failed"
    And "shop/production" serves version "2.0"
    And the status of "shop/production" is "healthy"
    And the status of "shop/production" names version "2.0"

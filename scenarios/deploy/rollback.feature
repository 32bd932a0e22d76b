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

  @deploy/rollback/named-release-serves-again
  Scenario: With a version: that release
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "1.0"
    Then "shop/production" serves version "1.0"

  @deploy/rollback/unknown-version-is-refused
  Scenario: No release has the version
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "9.9"
    Then the deployment command exits with 3
    And it is told "unknown-version"

  @deploy/rollback/nothing-earlier-is-refused
  Scenario: There is only one release
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then the deployment command exits with 4
    And it is told "no-earlier-release"
    And "shop/production" serves version "1.0"

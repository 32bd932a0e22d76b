Feature: A release that is not healthy is taken back by itself

  @deploy/automatic-rollback/old-release-serves-again
  Scenario Outline: The new release is <behaviour>
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "<behaviour>" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "rolled_back" because of "health-check-failed"
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | succeeded |
      | switch    | succeeded |
      | health    | failed    |
      | rollback  | succeeded |
    And "shop/production" serves version "1.0"

    Examples:
      | behaviour |
      | unhealthy |
      | crash     |
      | silent    |

  @deploy/automatic-rollback/reason-is-in-history-and-graphql @thorough
  Scenario: The reason can be read afterwards
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then its message says "answered 500"
    And GraphQL says that it is "ROLLED_BACK" with a reason

  @deploy/automatic-rollback/first-release-is-stopped @thorough
  Scenario: There is nothing to go back to
    Given a service "shop" for "production"
    And version "1.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"
    And "shop/production" does not answer
    And the status of "shop/production" is "down"

  @deploy/automatic-rollback/odd-programs-are-not-healthy @thorough
  Scenario Outline: The new release <does>
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that "<does>" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And "shop/production" serves version "1.0"

    Examples:
      | does                         |
      | goes into the background     |
      | answers one byte at a time   |
      | redirects to an answer       |
      | prints binary output and ends |

  @deploy/automatic-rollback/last-lines-are-kept @thorough
  Scenario: What the failed release printed
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "crash" is committed
    When "shop/production" is deployed
    Then the last lines of the service are kept, with "service 2.0 crashes" in them

  @deploy/automatic-rollback/missing-program-is-taken-back @thorough
  Scenario: The command of the new release does not exist
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And "shop/production" is started by a program that does not exist
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And "shop/production" serves version "1.0"

  @deploy/automatic-rollback/old-release-broken-too-is-told @thorough
  Scenario: The old release does not work any more either
    Given a service "shop" for "production"
    And its versions can break later
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    And version "1.0" breaks
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And it is told "rollback-failed"
    And the last deployment ended as "failed" because of "rollback-failed"
    And its message says "answered 500"
    And the status of "shop/production" is "down"

  @deploy/automatic-rollback/release-that-cannot-be-switched-in @thorough
  Scenario: The new release cannot be made the current one
    Given a service "shop" for "production"
    And the folder of "shop/production" has something else in the place of its current release
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And it is told "switch-failed"
    And the last deployment ended as "failed" because of "switch-failed"
    And "shop/production" does not answer

  @deploy/automatic-rollback/answer-from-elsewhere-is-not-enough @thorough
  Scenario: The health check asks somebody else, who is well
    Given a service in 1 environments
    And version 1 of the fleet is deployed
    When a broken version of the fleet is deployed
    Then the last deployment of the fleet ended as "rolled_back"

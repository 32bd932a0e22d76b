@lab-docker @once
Feature: A Compose project goes back to the images of an earlier release

  @deploy/compose/sick-release-is-taken-back
  Scenario Outline: The new version is <behaviour>
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "<behaviour>" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And it is told "health-check-failed"
    And the last deployment ended as "rolled_back" because of "health-check-failed"
    And its message says "<reason>"
    And the last lines of the service are kept, with "service 2.0 starts" in them
    And "shop/production" serves version "1.0"

    Examples:
      | behaviour | reason                        |
      | unhealthy | api is unhealthy              |
      | crash     | api ended with exit status 3  |

  @deploy/compose/sick-release-is-taken-back
  Scenario: The first version is unhealthy
    Given a Compose project "shop" for "production"
    And version "1.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"
    And every container of "shop/production" has stopped
    And the status of "shop/production" is "down"

  @deploy/compose/rollback-uses-kept-images
  Scenario: To a named release
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "1.0"
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    And the container of "api" says which release and whose it is
    And there are images of 3 releases

  @deploy/compose/rollback-uses-kept-images
  Scenario: Somebody has removed the images
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When somebody removes the images of its releases
    And "shop/production" is rolled back
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"

  @deploy/compose/rollback-uses-kept-images
  Scenario: The name of the image has moved on
    Given a Compose project "shop" for "production"
    And the service of the project has an image that a build server makes
    And the build server has made version "1.0"
    When "shop/production" is deployed
    Then "shop/production" serves version "1.0"
    When the build server has made version "2.0"
    And "shop/production" is deployed
    Then "shop/production" serves version "2.0"
    When "shop/production" is rolled back
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"

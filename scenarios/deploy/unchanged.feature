@thorough
Feature: What serves already is not deployed again

  @deploy/unchanged/same-commit-skips-the-rest
  Scenario: The same commit
    Given a service "shop" for "production"
    And builds are counted
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | skipped   |
      | switch    | skipped   |
      | health    | skipped   |
    And version "1.0" was built 1 times

  @deploy/unchanged/force-deploys-again
  Scenario: The same commit with --force
    Given a service "shop" for "production"
    And builds are counted
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is deployed with "--force"
    Then version "1.0" was built 2 times
    And "shop/production" serves version "1.0"

  @deploy/unchanged/stopped-service-is-deployed-again
  Scenario: The same commit after the service was stopped
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    And "shop/production" is deployed
    Then "shop/production" serves version "1.0"

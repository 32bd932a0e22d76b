@thorough
Feature: The status of an environment
  What serves, not what was tried last.

  @cli/status/commit-is-the-one-that-serves
  Scenario: A release that was taken back is not the one that serves
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    And the user runs `status shop production --json`
    Then it succeeds
    And the JSON fits "status"
    And the JSON names the commit of version "1.0" at current_commit
    And the JSON names the commit of version "2.0" at last_git_commit

  @cli/status/commit-is-the-one-that-serves
  Scenario: The words name the commit that serves
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    And the user runs `status shop production`
    Then it succeeds
    And the words have the commit of version "1.0"
    And the words lack the commit of version "2.0"

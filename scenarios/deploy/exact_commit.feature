@thorough
Feature: The commit asked for is the commit deployed

  @deploy/exact-commit/not-the-head-of-the-branch
  Scenario: The branch has moved on since
    Given a service "shop" for "production"
    And version "1.0" is committed
    And version "2.0" is committed
    When "shop/production" is deployed with "--commit <1.0>"
    Then "shop/production" serves version "1.0"
    And its commit is that of version "1.0"

  @deploy/exact-commit/unknown-commit-is-an-error
  Scenario: The repository has no such commit
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" is deployed with "--commit deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"
    Then the deployment command exits with 3
    And the last deployment ended as "failed" because of "unknown-commit"
    And "shop/production" serves version "1.0"

  @deploy/exact-commit/unknown-branch-is-an-error
  Scenario: The repository has no such branch
    Given a service "shop" for "production"
    And version "1.0" is committed
    When "shop/production" is deployed with "--branch nowhere"
    Then the last deployment ended as "failed" because of "unknown-commit"

  @deploy/exact-commit/branch-is-a-name
  Scenario Outline: The branch <name> is asked for
    Given a service "shop" for "production"
    And version "1.0" is committed
    And version "2.0" is committed
    When "shop/production" is deployed with "--branch=<name>"
    Then the last deployment ended as "failed" because of "unknown-commit"

    Examples:
      | name            |
      | main~1          |
      | main^           |
      | --upload-pack=x |

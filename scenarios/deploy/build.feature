@thorough
Feature: A release is built before anything is switched

  @deploy/build/failure-leaves-the-old-release
  Scenario: The build fails
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the next builds fail and print a secret
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "failed" because of "build-failed"
    And its message says "exit status 3"
    And its message says "the compiler is"
    And "shop/production" serves version "1.0"

  @deploy/build/secrets-are-masked
  Scenario: The build prints a secret
    Given a service "shop" for "production"
    And the next builds fail and print a secret
    And version "1.0" is committed
    When "shop/production" is deployed
    Then its message says "the compiler is ***"
    And no secret is anywhere in the output, the history or the database

  @deploy/build/script-that-cannot-run-is-told
  Scenario: The build has lost its permission
    Given a service "shop" for "production"
    And builds are counted
    And the build is not executable any more
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And its message says "not executable"

  @deploy/build/nothing-outlives-it
  Scenario: The build leaves a daemon behind
    Given a service "shop" for "production"
    And the next build "leaves a daemon behind"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the daemon of the build is gone

  @deploy/build/reads-no-input
  Scenario: The build waits for its input
    Given a service "shop" for "production"
    And the next build "waits for its input"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"

  @deploy/build/odd-output-is-recorded
  Scenario: The build prints binary output and fails
    Given a service "shop" for "production"
    And the next build "prints binary output and fails"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And its message says "exit status 3"

  @deploy/build/missing-tool-is-told
  Scenario: The program of the build is not installed
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And "shop" is built by a program that does not exist
    And version "2.0" is committed
    When "shop/production" is deployed
    Then it is told "tool-missing"
    And the last deployment ended as "failed" because of "tool-missing"
    And its message says "no-such-tool-here"
    And "shop/production" serves version "1.0"

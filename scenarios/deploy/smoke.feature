@any-database
Feature: Smoke tests try a new release out

  @deploy/smoke/passed-tests-are-a-success @thorough
  Scenario: All pass
    Given a service "shop" for "production"
    And a smoke test of "shop" that "asks the service"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the step "smoke" is "succeeded"

  @deploy/smoke/passed-tests-are-a-success @thorough
  Scenario: A path is answered
    Given a service "shop" for "production"
    And the smoke test "/health" of "shop"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the step "smoke" is "succeeded"

  @deploy/smoke/failure-brings-the-old-release-back @thorough
  Scenario: A path is not there
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the smoke test "/no-such-page" of "shop"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then it is told "smoke-test-failed"
    And the last deployment ended as "rolled_back" because of "smoke-test-failed"
    And its message says "/no-such-page answered 404"
    And "shop/production" serves version "1.0"

  @deploy/smoke/failure-brings-the-old-release-back @thorough
  Scenario: A command fails
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a smoke test of "shop" that "fails"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "smoke-test-failed"
    And its message says "exit status 4"
    And "shop/production" serves version "1.0"

  @deploy/smoke/path-of-nobody-is-refused @thorough
  Scenario: Nobody knows where the path is answered
    Given a worker "mailer" without a health check
    And the smoke test "/version" of "mailer"
    And version "1.0" is committed
    When "mailer/production" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And its message says "smoke_tests"

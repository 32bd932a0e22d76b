Feature: A fraise may be deployed in a way of its own

  @deploy/types/custom @thorough
  Scenario: Its script deploys, says whether it is well, and brings the old release back
    Given a fraise "odd" with a way of its own
    And version "1.0" is deployed to "odd/production"
    And version "2.0" that is "unhealthy" is committed
    When "odd/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And the script was asked to "deploy 1.0, deploy 2.0, rollback 1.0"
    And the current version of "odd/production" is that of "1.0"

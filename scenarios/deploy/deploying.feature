Feature: A deployment takes a commit to a running service

  @deploy/deploying/commit-becomes-the-running-service @smoke @core
  Scenario: The first deployment of a service
    Given a service "shop" for "production"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"
    And the last deployment ended as "success"
    And its commit is that of version "1.0"
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | succeeded |
      | switch    | succeeded |
      | health    | succeeded |
    And the status of "shop/production" is "healthy"

  @deploy/deploying/next-deployment-replaces-the-release @core @thorough
  Scenario: The second deployment fetches what was pushed since
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then "shop/production" serves version "2.0"

  @deploy/deploying/tag-is-the-version @thorough
  Scenario: A tag on the commit names the release
    Given a service "shop" for "production"
    And version "1.0" tagged "v1.0" is committed
    When "shop/production" is deployed
    Then its new version is "v1.0"

  @deploy/deploying/worker-needs-no-health-check @thorough
  Scenario: A worker without a health check only has to live
    Given a worker "mailer" without a health check
    And version "1.0" is committed
    When "mailer/production" is deployed
    Then the last deployment ended as "success"
    And the status of "mailer/production" is "healthy"

  @deploy/deploying/worker-that-ends-at-once-fails @thorough
  Scenario: A worker that does not live is no success
    Given a worker "mailer" without a health check
    And version "1.0" that is "crash" is committed
    When "mailer/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"

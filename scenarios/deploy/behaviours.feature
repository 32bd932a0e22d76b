@thorough
Feature: What other tools get wrong
  One scenario for each line of a list of faults seen in real tools that no other feature has.

  @deploy/dry-run/leaves-no-file
  Scenario: A dry run needs no daemon and leaves no file
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the files of the scenario are remembered
    When "shop/production" is deployed with "--dry-run"
    Then the deployment command exits with 0
    And no file has come since
    And nothing is deployed

  @deploy/take-over/accepted-work-waits-for-the-next-worker
  Scenario: The server dies with one deployment that runs and two that wait
    Given a service "shop" for "production, staging"
    And version "1.0-beta" is committed on branch "staging"
    And the next builds wait
    And version "1.0" is committed
    And a server with its observer
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And a deployment of "shop/staging" is requested
    And version "2.0" is committed
    And a deployment of "shop/production" is requested
    And the server is killed
    And the build may go on
    And the lease runs out
    And a server with its observer starts
    Then deployment 1 ends as "success"
    And deployment 2 ends as "success"
    And deployment 3 ends as "success"
    And "shop/production" serves version "2.0"
    And "shop/staging" serves version "1.0-beta"

  @deploy/service/never-deployed-is-not-healthy
  Scenario: Nobody has looked at what was never deployed
    Given a service "shop" for "production, staging"
    And version "1.0" is deployed to "shop/production"
    Then the status of "shop/staging" is "unknown"

  @deploy/service/dead-one-is-not-healthy
  Scenario: A health check after the service was stopped
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    And the service of "shop/production" is asked for "health"
    Then the deployment command exits with 1
    And it is told "unhealthy"
    And the status of "shop/production" is "down"

  @deploy/dry-run/says-how-health-is-judged
  Scenario: A service without a health check is not passed over in silence
    Given a worker "mailer" without a health check
    And version "1.0" is committed
    When "mailer/production" is deployed with "--dry-run"
    Then the plan says for "health" that "the process has lived"

  @deploy/rollback/leaves-other-environments-alone
  Scenario: A rollback in one of two environments
    Given a service "shop" for "production, staging"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When "shop/staging" is deployed with "--commit <2.0>"
    And "shop/production" is rolled back
    Then "shop/production" serves version "1.0"
    And "shop/staging" serves version "2.0"
    And the service of "shop/production" sees the environment "production"

  @deploy/self-deploy/running-deployments-survive
  Scenario: Fraisier is replaced while it carries out another deployment
    Given Fraisier is a fraise of its own
    And a service "shop" for "production"
    When "fraisier/production" is deployed
    Then Fraisier answers as a service
    When the next builds of "shop" wait
    And version "2.0" is committed
    And a deployment of "shop/production" is requested
    And the build has begun to wait
    And an observer with a lease of 5 seconds starts
    And a deployment of "fraisier/production" is requested
    Then deployment 2 ends as "success"
    When the build may go on
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And Fraisier answers as a service

@thorough @any-database
Feature: A service can be looked at, stopped and started

  @deploy/service/output-can-be-read
  Scenario: Its output
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "logs"
    Then the answer has "logs" with "service 1.0 starts" in it

  @deploy/service/health-is-looked-at-now
  Scenario: Its health
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "health"
    Then the answer has "status" with "healthy" in it

  @deploy/service/stop-and-start
  Scenario: Stopped and started again
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    Then "shop/production" does not answer
    When the service of "shop/production" is asked for "start"
    Then "shop/production" serves version "1.0"

  @deploy/service/never-deployed-is-told
  Scenario Outline: Never deployed, asked for <command>
    Given a service "shop" for "production"
    And version "1.0" is committed
    When the service of "shop/production" is asked for "<command>"
    Then the deployment command exits with 4
    And it is told "<code>"

    Examples:
      | command | code         |
      | health  | not-deployed |
      | stop    | not-deployed |
      | start   | not-deployed |
      | logs    | not-deployed |

  @deploy/service/comes-back-after-a-crash
  Scenario: It is started again when it dies
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When the process of "shop/production" is killed
    Then "shop/production" serves version "1.0"

  @deploy/service/gets-no-variables-of-fraisier
  Scenario: Which variables it sees
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    Then the service of "shop/production" sees the variable "FRAISIER_COMMIT"
    And the service of "shop/production" sees the variable "PORT"
    And the service of "shop/production" does not see the variable "FRAISIER_DATABASE_URL"
    And the service of "shop/production" does not see the variable "FRAISIER_CONFIG"

  @deploy/service/port-of-a-stranger-is-refused @deploy/errors/way-out-is-recorded
  Scenario: A stranger has the port
    Given a service "shop" for "production"
    And a stranger listens on the port of "shop/production"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And the step "preflight" has recorded the way out that was told

  @deploy/service/port-of-a-stranger-is-refused
  Scenario: The service is to move to a port that a stranger has
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And "shop/production" gets another port, where a stranger listens
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And "shop/production" serves version "1.0"

  @deploy/service/that-does-not-end-is-killed @thorough
  Scenario: The old release ignores SIGTERM
    Given a service "shop" for "production"
    And its versions ignore SIGTERM
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And "shop/production" serves version "2.0"

  @deploy/service/start-brings-the-supervisor-back @thorough
  Scenario: What supervises the service was killed
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When what supervises "shop/production" is killed
    And the service of "shop/production" is asked for "start"
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"
    And "shop/production" is supervised

  @deploy/service/start-brings-the-supervisor-back @thorough
  Scenario: What supervises the service was killed, and then the service
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    When what supervises "shop/production" is killed
    And the process of "shop/production" is killed
    And the service of "shop/production" is asked for "start"
    Then the deployment command exits with 0
    And "shop/production" serves version "1.0"
    And "shop/production" is supervised

@lab-docker @once
Feature: What is wrong with a Compose project shows before anything is switched

  @deploy/compose/faults-show-before-cutover
  Scenario: An image that cannot be had
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And its containers are remembered
    And the service "api" of the project has the image "localhost:1/no/such:1"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And its message says "localhost:1"
    And the whole project is still the one that was remembered
    And "shop/production" serves version "1.0"

  @deploy/compose/faults-show-before-cutover
  Scenario: A Compose file with a slip in it
    Given a Compose project "shop" for "production"
    And the Compose file is broken
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "failed" because of "build-failed"
    And its message says "imag"
    And there is no container

  @deploy/compose/faults-show-before-cutover
  Scenario: A variable that the file needs and nobody sets
    Given a Compose project "shop" for "production"
    And the Compose file asks for a variable that nobody sets
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And its message says "is not set"
    And there is no container

  @deploy/compose/faults-show-before-cutover
  Scenario Outline: A Compose file that <fault>
    Given a Compose project "shop" for "production"
    And the Compose file of "shop/production" <fault>
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And there is no container

    Examples:
      | fault                        |
      | does not exist               |
      | is outside of the repository |

  @deploy/compose/faults-show-before-cutover
  Scenario: A service that the file does not have
    Given a Compose project "shop" for "production"
    And "shop/production" deploys the service "apy" alone
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "build-failed"
    And its message says "no service"

  @deploy/compose/unreachable-engine-is-told
  Scenario: The engine does not answer
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When the engine of "shop/production" does not answer any more
    And "shop/production" is deployed
    Then the last deployment ended as "failed" because of "host-unreachable"
    And its message says "does not answer"
    And "shop/production" serves version "1.0"
    When the service of "shop/production" is asked for "logs"
    Then it is told "host-unreachable"

Feature: Fraisier deploys itself

  @deploy/self-deploy/first-and-next-release
  Scenario: The deployed server carries out the deployment that replaces it
    Given Fraisier is a fraise of its own
    When "fraisier/production" is deployed
    Then the deployment command exits with 0
    And Fraisier answers as a service
    When version "2.0" is committed
    And "fraisier/production" is deployed
    Then the deployment command exits with 0
    And the last deployment ended as "success"
    And its commit is that of version "2.0"
    And Fraisier answers as a service

  @deploy/self-deploy/new-version-that-fails-is-reverted @thorough
  Scenario: The next release of the server does not start
    Given Fraisier is a fraise of its own
    When "fraisier/production" is deployed
    Then Fraisier answers as a service
    When "fraisier/production" gets a program that does not exist
    And version "2.0" is committed
    And "fraisier/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "rolled_back" because of "health-check-failed"
    And Fraisier answers as a service

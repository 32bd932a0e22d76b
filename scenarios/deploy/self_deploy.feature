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

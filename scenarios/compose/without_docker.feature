@once
Feature: A machine without docker

  @deploy/compose/without-docker-is-told @thorough
  Scenario: There is no docker command
    Given a fraise of the provider "docker-compose" where there is no docker
    And version "1.0" is committed
    When "shop/production" is deployed without docker
    Then the deployment command exits with 5
    And it is told "tool-missing"
    And the last deployment ended as "failed" because of "tool-missing"
    And its message says "https://docs.docker.com/compose/install/"

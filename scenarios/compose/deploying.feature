@lab-docker @once
Feature: A Compose project is deployed on a real engine

  @deploy/compose/project-is-deployed @deploy/providers/docker-compose
  Scenario: The first version
    Given a Compose project "shop" for "production"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    And the container of "api" says which release and whose it is

  @deploy/compose/project-is-deployed @deploy/compose/other-services-run-on
  Scenario: The second version takes the place of the first
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And its containers are remembered
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "2.0"
    And the container of "api" is another one
    And the container of "cache" was left alone
    And the container of "cache" has no label of Fraisier

  @deploy/compose/services-can-be-chosen
  Scenario: One service is deployed, and what it depends on is started
    Given a Compose project "shop" for "production"
    And "shop/production" deploys the service "api" alone
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "1.0"
    And every container of "shop/production" runs

  @deploy/compose/services-can-be-chosen
  Scenario: A service is not chosen any more
    Given a Compose project "shop" for "production"
    And the project has a service "job" too
    And "shop/production" deploys the services "api, job"
    And version "1.0" is deployed to "shop/production"
    And "shop/production" deploys the services "api"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And "shop/production" serves version "2.0"
    And there are the containers "api, cache"
    When "shop/production" is rolled back
    Then the last deployment ended as "success"
    And there are the containers "api, cache, job"

  @deploy/compose/variables-reach-the-release-alone
  Scenario: A secret of the release
    Given a Compose project "shop" for "production"
    And "shop/production" has a secret variable
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the service "api" sees the secret as it was written
    And the service "cache" does not see the secret
    And the secret is in no output, no row, no label and no image
    And the files that hold secrets of "shop/production" are their owner's

  @deploy/compose/images-follow-their-releases
  Scenario: Images go when their releases go
    Given a Compose project "shop" for "production"
    And "shop/production" keeps 2 releases
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    And version "4.0" is committed
    When "shop/production" is deployed
    Then "shop/production" serves version "4.0"
    And there are images of 2 releases

@lab-docker @once
Feature: A Compose project survives the death of whoever deploys it

  @deploy/compose/dead-worker-is-replaced
  Scenario: The observer is killed while Compose works
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the observer has let Compose begin
    And the observer is killed
    And an observer with a lease of 10 seconds starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And the container of "api" says which release and whose it is
    And every container of "shop/production" runs

  @deploy/compose/dead-worker-is-replaced
  Scenario: The observer is killed while it waits for an unhealthy version
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the observer has let Compose begin
    And the observer is killed
    And an observer with a lease of 10 seconds starts
    Then deployment 1 ends as "rolled_back"
    And "shop/production" serves version "1.0"

  @deploy/compose/frozen-worker-changes-nothing
  Scenario: The observer was frozen in the middle of the switch and wakes late
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the observer has begun the step "switch"
    And the observer is frozen
    And an observer with a lease of 10 seconds starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    When its containers are remembered
    And the frozen observer goes on
    Then the observer that was frozen stops in time when asked to
    And it has changed nothing that is recorded
    And the whole project is still the one that was remembered

  @deploy/compose/dead-worker-is-replaced
  Scenario: The server and its observer are restarted in the middle
    Given a Compose project "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    And a server with its observer
    When a deployment of "shop/production" is requested
    And the observer has let Compose begin
    And the server ends as when it is restarted
    And a server with its observer starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"

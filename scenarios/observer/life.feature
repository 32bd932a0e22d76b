@thorough
Feature: An observer keeps working and ends well

  @observer/life/survives-a-failed-deployment
  Scenario: After a deployment that fails
    Given a service "shop" for "production"
    And version "1.0" that is "crash" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    Then deployment 1 ends as "failed"
    And the observer still runs
    When version "2.0" is committed
    And a deployment of "shop/production" is requested
    Then deployment 2 ends as "success"

  @observer/life/stops-in-time-and-hands-over
  Scenario: Asked to end in the middle of a long build
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 30 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    Then the observer stops in time when asked to
    When the build may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And version "1.0" was built 1 times

  @observer/life/followers-go-on-without-it
  Scenario: The observer that is followed is killed
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And an observer with a lease of 2 seconds
    When "shop/production" is deployed by a command that follows the observer
    And the build has begun to wait
    And the observer is killed
    And the build may go on
    Then the following command ends with 0
    And "shop/production" serves version "1.0"

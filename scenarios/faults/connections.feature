@thorough @postgresql
Feature: Connections to the database may be lost at any step

  @deploy/faults/lost-connection-is-made-good
  Scenario Outline: Lost again and again in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And all connections to the database are cut again and again
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step      |
      | switch    |
      | health    |
      | build     |
      | fetch     |
      | before    |
      | smoke     |
      | after     |

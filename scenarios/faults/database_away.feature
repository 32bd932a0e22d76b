@thorough
Feature: The database may be away at any step

  @deploy/faults/database-that-was-away-is-made-good
  Scenario Outline: Away in the step <step> for longer than the lease
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the database is away for longer than the lease
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/production" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step      |
      | switch    |
      | health    |
      | build     |
      | fetch     |
      | preflight |
      | before    |
      | smoke     |

  @deploy/faults/database-that-was-away-is-made-good
  Scenario Outline: Cut again and again in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the connections to the database are cut again and again
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/production" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step      |
      | switch    |
      | health    |
      | build     |
      | fetch     |
      | preflight |
      | before    |
      | smoke     |
